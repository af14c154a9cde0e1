namespace Vfio.Assignability;

/// <summary>What a function had before it was first handed over, as it is written down.</summary>
/// <remarks>A property that is missing makes a file no record, which is why all are required.</remarks>
internal sealed record BindingRecord
{
    /// <summary>The version of this form.</summary>
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>The start of the machine that it is good for.</summary>
    public required string BootId { get; init; }

    /// <summary>The function's address.</summary>
    public required string Device { get; init; }

    /// <summary>Its vendor's and its own id, so that another card at the same address is noticed.</summary>
    public required string Ids { get; init; }

    /// <summary>What it had; null where that was never known, and the record is about a pending step alone.</summary>
    public required RecordedState? Before { get; init; }

    /// <summary>The driver that it was given to.</summary>
    public required string BoundTo { get; init; }

    /// <summary>What the kernel has not answered yet, or null.</summary>
    public required PendingStep? Pending { get; init; }
}
