using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary>What a report says of a device's reset, and what the kernel does.</summary>
public sealed class ResetReportTests
{
    [Fact]
    public void Edu_has_none_and_the_kernel_says_so()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);

        AssignabilityReport report = Reports.RequireAgreement(address, Verdict.Yes);

        Assert.Equal(ResetClass.R4, report.Reset.Class);
        Assert.Null(report.Reset.Effective);
        Reports.FindProven(report, FindingCode.NoResetMechanism);
    }

    [Fact]
    public void Nvme_and_igb_are_reset_by_themselves()
    {
        Mode.RequireReports();
        foreach (PciAddress address in new[] { TestDevice.Nvme(), TestDevice.Igb() })
        {
            using DriverBinding binding = DriverBinding.Bind(address);

            AssignabilityReport report = Reports.RequireAgreement(address, Verdict.Yes);

            Assert.Equal(ResetClass.R0, report.Reset.Class);
            Assert.Equal([address], report.Reset.Affected);
            Assert.Empty(report.Findings);
        }
    }

    [Fact]
    public void A_device_without_a_driver_is_not_opened_and_that_is_what_is_unknown()
    {
        Mode.RequireReports();
        AssignabilityReport report = Reports.Prove(TestDevice.Nvme());

        Assert.Equal(Verdict.After, report.Verdict);
        Assert.Contains("bind", Assert.Single(report.Actions).Command, StringComparison.Ordinal);
        Assert.Contains("opened", Assert.Single(report.Unknown).Fact, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_behind_a_bridge_are_reset_together_once_both_are_bound()
    {
        Mode.RequireReports();
        PciAddress one = TestDevice.BridgedE1000();
        PciAddress other = TestDevice.BridgedRtl8139();
        AssignabilityReport before = Reports.Inspect(one);
        Assert.Equal(Verdict.After, before.Verdict);
        Assert.Equal(ResetClass.R3, before.Reset.Class);
        Assert.Equal([other], before.Reset.Blockers);

        using DriverBinding binding = DriverBinding.Bind(one);
        AssignabilityReport alone = Reports.RequireAgreement(one, Verdict.Yes);
        Assert.Equal(ResetClass.R3, alone.Reset.Class);
        Assert.Equal([one, other], alone.Reset.Affected);
        Assert.Equal([other], alone.Reset.Blockers);
        Assert.Equal([other], Reports.FindProven(alone, FindingCode.ResetSetNotOwned).Devices);
        Reports.Find(alone, FindingCode.ResetMethodStale);

        using DriverBinding otherBinding = DriverBinding.Bind(other);
        foreach (PciAddress address in new[] { one, other })
        {
            AssignabilityReport both = Reports.RequireAgreement(address, Verdict.Yes);
            Assert.Equal((ResetClass.R2, "hot"), (both.Reset.Class, both.Reset.Effective));
            Assert.Equal([one, other], both.Reset.Affected);
            Assert.Empty(both.Reset.Blockers);
        }
    }

    [Fact]
    public void A_bus_reset_is_confirmed_by_the_kernel()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Igb();
        using DriverBinding binding = DriverBinding.Bind(address);
        using ResetMethods methods = ResetMethods.Set(address, "bus");
        AssignabilityReport stated = Reports.Inspect(address);
        Assert.Equal((ResetClass.R1, "bus"), (stated.Reset.Class, stated.Reset.Effective));

        AssignabilityReport proven = Reports.Prove(stated);

        Assert.DoesNotContain(proven.Findings, static finding => finding.Code == FindingCode.ProofDiffers);
        Assert.Equal((ResetClass.R1, "bus", Verdict.Yes), (proven.Reset.Class, proven.Reset.Effective, proven.Verdict));
    }

    [Fact]
    public void A_reset_that_was_taken_away_is_gone_for_the_kernel_too()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Nvme();
        using DriverBinding binding = DriverBinding.Bind(address);
        using ResetMethods methods = ResetMethods.Set(address, string.Empty);

        AssignabilityReport report = Reports.RequireAgreement(address, Verdict.Yes);

        Assert.Equal(ResetClass.R4, report.Reset.Class);
        Assert.Contains("administrator", Reports.FindProven(report, FindingCode.NoResetMechanism).Message, StringComparison.Ordinal);
    }
}
