using Vfio.Assignability;

namespace Vfio.Tool.Handover;

/// <summary>What <c>vfio bind --json</c> and <c>vfio restore --json</c> print.</summary>
/// <param name="Devices">The functions, in the order in which they were taken.</param>
/// <param name="Ok">Whether all went well.</param>
/// <param name="Error">What went wrong, a line for each error, or null.</param>
/// <param name="Warnings">What to know besides.</param>
internal sealed record HandoverDocument(IReadOnlyList<HandoverChange> Devices, bool Ok, string? Error, IReadOnlyList<string> Warnings)
{
    public static HandoverDocument Of(HandoverResult result) => new(
        result.Devices,
        result.Succeeded,
        result.Succeeded ? null : string.Join('\n', result.Errors.Select(static error => error.Message)),
        result.Warnings);
}
