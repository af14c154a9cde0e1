using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What will work if a device is given away, and why. <c>docs/inspect.md</c> has the meaning of every part.</summary>
/// <param name="Device">The device.</param>
/// <param name="Verdict">Whether it can be given away, from where the host stands now.</param>
/// <param name="Group">Its IOMMU group, or null where it is in none.</param>
/// <param name="Reset">How it is reset between its users.</param>
/// <param name="Limits">What else to expect of it.</param>
/// <param name="Findings">What bears on it, the gravest first.</param>
/// <param name="Actions">The smallest set of steps, in order, that makes giving it away work; none where nothing does.</param>
/// <param name="Unknown">What could not be read.</param>
/// <remarks>Immutable, and so thread-safe.</remarks>
public sealed record AssignabilityReport(
    PciAddress Device,
    Verdict Verdict,
    GroupReport? Group,
    ResetReport Reset,
    ReportLimits Limits,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<HandoverAction> Actions,
    IReadOnlyList<UnknownFact> Unknown)
{
    /// <summary>The version of this layout, and of its JSON.</summary>
    public static int Schema => 1;
}
