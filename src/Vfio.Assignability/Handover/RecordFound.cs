namespace Vfio.Assignability;

/// <summary>What was found where a function's record would be.</summary>
/// <param name="Record">The record, or null where there is none that counts.</param>
/// <param name="Ignored">Why a file that is there does not count, or null.</param>
internal sealed record RecordFound(BindingRecord? Record, string? Ignored)
{
    public static RecordFound None { get; } = new(null, null);
}
