using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A vector of a <see cref="VfioFunction"/>.</summary>
internal sealed class VfioInterrupt(Interrupt interrupt) : INvmeInterrupt
{
    public void Wait() => interrupt.Wait(Timeout.InfiniteTimeSpan);

    public void Wake()
    {
        try
        {
            interrupt.Trigger();
        }
        catch (Exception error) when (ControllerRegisters.IsEnd(error))
        {
            // All waits have ended with the function.
        }
    }
}
