using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Inspect.Json;

/// <summary>What <c>vfio inspect --json</c> prints. The order of the properties is a part of what is stable, here and in the report's own types.</summary>
internal sealed record ReportDocument(
    int Schema,
    PciAddress Device,
    Verdict Verdict,
    GroupReport? Group,
    ResetReport Reset,
    ReportLimits Limits,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<HandoverAction> Actions,
    IReadOnlyList<UnknownFact> Unknown)
{
    public static ReportDocument Of(AssignabilityReport report) => new(
        AssignabilityReport.Schema,
        report.Device,
        report.Verdict,
        report.Group,
        report.Reset,
        report.Limits,
        report.Findings,
        report.Actions,
        report.Unknown);
}
