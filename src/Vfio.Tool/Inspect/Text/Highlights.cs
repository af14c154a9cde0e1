using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>The findings whose messages stand above the list of findings, which does not say them again.</summary>
/// <param name="Reasons">Why the verdict is what it is: the first obstacles.</param>
/// <param name="Obstacles">How many there are.</param>
/// <param name="Graphics">What is special about a processor's graphics, or about a card of its kind.</param>
internal sealed record Highlights(IReadOnlyList<Finding> Reasons, int Obstacles, IReadOnlyList<Finding> Graphics)
{
    private const int MaxReasons = 2;

    public static Highlights Of(AssignabilityReport report)
    {
        Finding[] obstacles = [.. report.Findings.Where(static finding => finding.Severity == Severity.Blocker)];
        return new Highlights(
            [.. obstacles.Take(MaxReasons)],
            obstacles.Length,
            [.. report.Findings.Where(static finding => finding.Code is FindingCode.IgdChecklist or FindingCode.ApuResetRisk or FindingCode.HeuristicReset)]);
    }

    /// <summary>Whether the finding's message is among them.</summary>
    public bool Have(Finding finding) => Reasons.Contains(finding) || Graphics.Contains(finding);
}
