using Vfio.Core;

namespace Vfio.Tool.Reset;

/// <summary>The output of <c>vfio reset --json</c>.</summary>
/// <param name="Device">The function that was named.</param>
/// <param name="Kind">The kind of reset; where it failed before one was chosen, that of the function alone.</param>
/// <param name="Affected">What was hit, or would have been.</param>
/// <param name="Ok">Whether it was reset.</param>
/// <param name="Error">Why not, or null.</param>
internal sealed record ResetDocument(PciAddress Device, ResetKind Kind, IReadOnlyList<PciAddress> Affected, bool Ok, string? Error);
