namespace Vfio.Core;

/// <summary>A read of a fault queue into memory of the caller's.</summary>
internal readonly record struct FaultRead(FaultQueueHandle Queue, Memory<PageFault> Faults) : IEventTake<int>
{
    public bool TryTake(out int result) => Queue.TryRead(Faults.Span, out result);
}
