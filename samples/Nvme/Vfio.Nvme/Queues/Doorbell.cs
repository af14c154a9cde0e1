using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A doorbell's register.</summary>
internal readonly struct Doorbell(Register32 register)
{
    /// <summary>Writes it. A function that is gone takes nothing: what is in flight ends when its status is looked at next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Write(uint value)
    {
        try
        {
            register.Write(value);
        }
        catch (Exception error) when (ControllerRegisters.IsEnd(error))
        {
            // See above.
        }
    }
}
