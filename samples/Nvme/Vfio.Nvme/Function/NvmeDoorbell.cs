using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A doorbell: of a device one store, of a model a call.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares doorbells.")]
public readonly struct NvmeDoorbell
{
    private readonly Register32 _register;
    private readonly IRegisterAccess? _registers;
    private readonly long _offset;

    /// <summary>A register of a device.</summary>
    public NvmeDoorbell(Register32 register) => _register = register;

    /// <summary>A register that is reached by calls.</summary>
    /// <param name="registers">The registers.</param>
    /// <param name="offset">Where it is among them, in bytes.</param>
    public NvmeDoorbell(IRegisterAccess registers, long offset)
    {
        _registers = registers;
        _offset = offset;
    }

    /// <summary>Writes it, after everything that was written before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint value)
    {
        if (_registers is null)
        {
            _register.Write(value);
        }
        else
        {
            _registers.Write32(_offset, value);
        }
    }
}
