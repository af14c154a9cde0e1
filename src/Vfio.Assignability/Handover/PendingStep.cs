namespace Vfio.Assignability;

/// <summary>A step that the kernel had not finished when the time was up.</summary>
/// <param name="Step">The step, such as <c>unbind from e1000</c>.</param>
/// <param name="ProcessId">The process that waits for the kernel (pid).</param>
/// <param name="StartTime">When that process started, in ticks of the kernel's since boot: a number alone may belong to another process later.</param>
internal sealed record PendingStep(string Step, int ProcessId, long StartTime);
