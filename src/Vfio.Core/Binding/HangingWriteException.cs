namespace Vfio.Core;

/// <summary>A write that the kernel did not answer in time. The process that waits for the answer is still there.</summary>
internal sealed class HangingWriteException(string file, TimeSpan limit, int processId)
    : TimeoutException($"{file}: no answer from the kernel after {limit.TotalSeconds:0.###} seconds")
{
    /// <summary>The file.</summary>
    public string File => file;

    /// <summary>How long the answer was waited for.</summary>
    public TimeSpan Limit => limit;

    /// <summary>The process that waits (pid).</summary>
    public int ProcessId => processId;
}
