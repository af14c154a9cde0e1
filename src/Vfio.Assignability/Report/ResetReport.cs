using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>How a device is reset, from where its host stands now, the device itself taken as bound.</summary>
/// <param name="Class">How.</param>
/// <param name="Methods">What the kernel lists in <c>reset_method</c>, in its order; none before Linux 5.15.</param>
/// <param name="Effective">The method that would really be used; <c>hot</c> for VFIO's hot reset; null where there is none.</param>
/// <param name="Affected">Every function that the reset hits, in order of address; the device itself always, also where nothing resets it.</param>
/// <param name="Blockers">Those of them that prevent it today.</param>
public sealed record ResetReport(
    ResetClass Class,
    IReadOnlyList<string> Methods,
    string? Effective,
    IReadOnlyList<PciAddress> Affected,
    IReadOnlyList<PciAddress> Blockers);
