using Vfio.Assignability;
using Vfio.Core;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary>Reports on this host's devices, and what tests look for in them.</summary>
internal static class Reports
{
    /// <summary>What the host shows of a device.</summary>
    public static AssignabilityReport Inspect(PciAddress device) => DeviceInspector.Inspect(new PciHost(HostTree.Local), device);

    /// <summary>The same, with the kernel asked.</summary>
    public static AssignabilityReport Prove(PciAddress device) => Prove(Inspect(device));

    /// <summary>A report, held against the kernel.</summary>
    public static AssignabilityReport Prove(AssignabilityReport report) => DeviceProver.Prove(new PciHost(HostTree.Local), report);

    /// <summary>Inspects and proves a device whose open succeeds, and checks that the two say the same.</summary>
    public static AssignabilityReport RequireAgreement(PciAddress device, Verdict verdict)
    {
        AssignabilityReport stated = Inspect(device);
        AssignabilityReport proven = Prove(stated);

        Assert.Equal(verdict, stated.Verdict);
        Assert.Equal(verdict, proven.Verdict);
        Assert.DoesNotContain(stated.Findings, static finding => finding.Confidence == Confidence.Proven);
        Assert.DoesNotContain(FindingCode.ProofDiffers, Codes(proven), StringComparer.Ordinal);
        Assert.Equal(Codes(stated), Codes(proven), StringComparer.Ordinal);
        Assert.Equal(stated.Reset, proven.Reset);
        Assert.Equal(stated.Actions, proven.Actions);
        Assert.Equal(stated.Unknown, proven.Unknown);
        return proven;
    }

    public static string[] Codes(AssignabilityReport report)
        => [.. report.Findings.Select(static finding => finding.Code).Order(StringComparer.Ordinal)];

    public static Finding Find(AssignabilityReport report, string code)
        => Assert.Single(report.Findings, finding => finding.Code == code);

    /// <summary>The finding of a code, which the kernel must have confirmed.</summary>
    public static Finding FindProven(AssignabilityReport report, string code)
    {
        Finding finding = Find(report, code);
        Assert.Equal(Confidence.Proven, finding.Confidence);
        return finding;
    }

    /// <summary>That a finding has evidence of a back end's.</summary>
    public static void RequireEvidence(Finding finding, VfioBackend backend)
        => Assert.Contains(finding.Evidence, evidence => evidence.Path.EndsWith($"({VfioBackendName.Of(backend)})", StringComparison.Ordinal));
}
