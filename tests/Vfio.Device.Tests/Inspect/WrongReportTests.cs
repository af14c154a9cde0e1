using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary>Reports that are wrong: the kernel says so.</summary>
public sealed class WrongReportTests
{
    [Fact]
    public void A_reset_that_does_not_exist_is_not_believed()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        AssignabilityReport stated = Reports.Inspect(address);
        AssignabilityReport wrong = stated with { Reset = new ResetReport(ResetClass.R0, ["flr"], "flr", [address], []), Findings = [] };

        AssignabilityReport proven = Reports.Prove(wrong);

        Assert.Contains("by flr (R0)", Reports.FindProven(proven, FindingCode.ProofDiffers).Message, StringComparison.Ordinal);
        Assert.Equal(ResetClass.R4, proven.Reset.Class);
    }

    [Fact]
    public void A_reset_that_works_is_not_denied()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Nvme();
        using DriverBinding binding = DriverBinding.Bind(address);
        AssignabilityReport stated = Reports.Inspect(address);
        AssignabilityReport wrong = stated with
        {
            Reset = stated.Reset with { Class = ResetClass.R4, Effective = null, Affected = [] },
            Findings = [MadeUp(FindingCode.NoResetMechanism, Severity.Warning, address)],
        };

        AssignabilityReport proven = Reports.Prove(wrong);

        Assert.Equal([FindingCode.ProofDiffers], Reports.Codes(proven), StringComparer.Ordinal);
        Assert.Equal((ResetClass.R0, "flr"), (proven.Reset.Class, proven.Reset.Effective));
    }

    [Fact]
    public void An_obstacle_that_is_none_goes_and_the_verdict_with_it()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Nvme();
        using DriverBinding binding = DriverBinding.Bind(address);
        AssignabilityReport wrong = Reports.Inspect(address) with
        {
            Verdict = Verdict.After,
            Findings = [MadeUp(FindingCode.GroupNotViable, Severity.Blocker, address)],
            Actions = [new HandoverAction("Unbind it", null, [address], Reversible: true, Reboot: false)],
        };

        AssignabilityReport proven = Reports.Prove(wrong);

        Finding differs = Assert.Single(proven.Findings);
        Assert.Equal(FindingCode.ProofDiffers, differs.Code);
        Assert.Contains(FindingCode.GroupNotViable, differs.Message, StringComparison.Ordinal);
        Assert.Contains(differs.Evidence, static evidence => evidence.Path == "/made/up");
        Assert.Equal(Verdict.Yes, proven.Verdict);
        Assert.Empty(proven.Actions);
    }

    [Fact]
    public void A_set_that_is_not_the_kernels_is_not_believed()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.BridgedE1000();
        using DriverBinding binding = DriverBinding.Bind(address);
        AssignabilityReport stated = Reports.Inspect(address);
        AssignabilityReport wrong = stated with { Reset = stated.Reset with { Affected = [address] } };

        AssignabilityReport proven = Reports.Prove(wrong);

        Assert.Contains("other functions", Reports.FindProven(proven, FindingCode.ProofDiffers).Message, StringComparison.Ordinal);
    }

    private static Finding MadeUp(string code, Severity severity, PciAddress device)
        => new(code, severity, Confidence.Derived, "made up", null, [new Evidence("/made/up", "nothing")], null, [device], null);
}
