namespace Vfio.Assignability;

/// <summary>A report's findings, on the way to those that the kernel has been asked about.</summary>
internal sealed class ProvenFindings(AssignabilityReport report)
{
    private readonly List<Finding> _findings = [.. report.Findings];

    /// <summary>All of them, the gravest first.</summary>
    public IReadOnlyList<Finding> All => [.. _findings.OrderByDescending(static finding => finding.Severity)];

    /// <summary>Notes that the kernel says the same as a finding.</summary>
    /// <returns>Whether there is such a finding.</returns>
    public bool Prove(string code, Evidence evidence)
    {
        int index = _findings.FindIndex(finding => finding.Code == code);
        if (index < 0)
        {
            return false;
        }

        Finding finding = _findings[index];
        _findings[index] = finding with { Confidence = Confidence.Proven, Evidence = [.. finding.Evidence, evidence] };
        return true;
    }

    /// <summary>Notes what the kernel says, and the report does not.</summary>
    public void Add(string code, Severity severity, string message, string? consequence, Evidence evidence, Remedy? remedy = null)
        => _findings.Add(new Finding(code, severity, Confidence.Proven, message, consequence, [evidence], remedy, [report.Device], null));

    /// <summary>Notes that the kernel contradicts the report, and takes out the findings that are wrong; what they rested on stays.</summary>
    public void Differ(string message, Evidence evidence, params IReadOnlyList<Finding> wrong)
    {
        foreach (Finding finding in wrong)
        {
            _ = _findings.Remove(finding);
        }

        _findings.Add(new Finding(
            FindingCode.ProofDiffers,
            Severity.Warning,
            Confidence.Proven,
            message,
            "The kernel is right. A report that the kernel contradicts is a defect of the report, or the host changed meanwhile",
            [evidence, .. wrong.SelectMany(static finding => finding.Evidence).Distinct()],
            null,
            [report.Device],
            null));
    }
}
