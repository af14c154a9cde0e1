namespace Vfio.Nvme.Tool.Verify;

/// <summary>What is verified, and how.</summary>
internal sealed record VerifyOptions
{
    /// <summary>The first block.</summary>
    public required ulong Block { get; init; }

    /// <summary>How many blocks.</summary>
    public required ulong Count { get; init; }

    /// <summary>How much each command moves, in bytes: whole blocks.</summary>
    public required int TransferSize { get; init; }

    /// <summary>How many commands each queue has in flight.</summary>
    public required int Depth { get; init; }

    /// <summary>How many queues.</summary>
    public required int Queues { get; init; }

    /// <summary>How ends of commands are waited for.</summary>
    public required WaitMode Wait { get; init; }

    /// <summary>What the pattern is made of.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Whether the pattern is written; otherwise it must be there.</summary>
    public required bool Write { get; init; }
}
