using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A vector of a <see cref="VfioFunction"/>.</summary>
internal sealed class VfioInterrupt(Interrupt interrupt) : INvmeInterrupt
{
    public void Wait() => interrupt.Wait(Timeout.InfiniteTimeSpan);

    public async ValueTask WaitAsync() => await interrupt.WaitAsync();

    public void Wake() => interrupt.Trigger();
}
