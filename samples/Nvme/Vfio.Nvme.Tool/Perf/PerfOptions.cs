namespace Vfio.Nvme.Tool.Perf;

/// <summary>What is measured, and how.</summary>
internal sealed record PerfOptions
{
    /// <summary>Reads or writes, and where.</summary>
    public required PerfPattern Pattern { get; init; }

    /// <summary>How much each command moves, in bytes: whole blocks.</summary>
    public required int TransferSize { get; init; }

    /// <summary>How many commands each queue has in flight.</summary>
    public required int Depth { get; init; }

    /// <summary>How many queues, each with a thread.</summary>
    public required int Queues { get; init; }

    /// <summary>How ends of commands are waited for.</summary>
    public required WaitMode Wait { get; init; }

    /// <summary>How long is measured.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>How long is run before that, for the compiler and the device to warm up.</summary>
    public required TimeSpan Ramp { get; init; }
}
