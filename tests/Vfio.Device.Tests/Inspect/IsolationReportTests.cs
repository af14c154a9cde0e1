using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary>Machines that lack an IOMMU, or an IOMMU that remaps interrupts.</summary>
public sealed class IsolationReportTests
{
    private const string Type1Parameter = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";

    [Fact]
    public void Without_remapped_interrupts_every_back_end_refuses()
    {
        RequireNoRemapping();
        PciAddress address = TestDevice.Nvme();
        using DriverBinding binding = DriverBinding.Bind(address);

        AssignabilityReport report = Reports.RequireAgreement(address, Verdict.Unsafe);

        Finding finding = Reports.FindProven(report, FindingCode.UnsafeInterrupts);
        Assert.Equal(Severity.Blocker, finding.Severity);
        Reports.RequireEvidence(finding, VfioBackend.Type1V2);
        if (File.Exists("/dev/iommu"))
        {
            Reports.RequireEvidence(finding, VfioBackend.Iommufd);
        }

        Assert.Contains("allow_unsafe_interrupts", Assert.Single(report.Actions).Command, StringComparison.Ordinal);
        Assert.Equal(ResetClass.R0, report.Reset.Class);
    }

    [Fact]
    public void Accepting_unsafe_interrupts_opens_the_one_back_end_that_was_told()
    {
        RequireNoRemapping();
        PciAddress address = TestDevice.Nvme();
        using DriverBinding binding = DriverBinding.Bind(address);
        File.WriteAllText(Type1Parameter, "Y");
        try
        {
            AssignabilityReport report = Reports.RequireAgreement(address, Verdict.Unsafe);

            Assert.Empty(report.Actions);
            Finding finding = Reports.Find(report, FindingCode.UnsafeInterrupts);
            Assert.Contains("type1 accepts", finding.Message, StringComparison.Ordinal);
            if (File.Exists("/dev/iommu"))
            {
                Reports.RequireEvidence(finding, VfioBackend.Iommufd);
            }
        }
        finally
        {
            File.WriteAllText(Type1Parameter, "N");
        }
    }

    [Fact]
    public void Without_an_iommu_there_is_no_group_and_no_driver_takes_the_device()
    {
        Assert.SkipUnless(Mode.LacksIommu, "is about machines without any IOMMU");
        foreach (PciAddress address in new[] { TestDevice.Edu(), TestDevice.Nvme(), TestDevice.Igb(), TestDevice.BridgedE1000() })
        {
            AssignabilityReport report = Reports.Prove(address);

            Assert.Equal(Verdict.Reboot, report.Verdict);
            Assert.Null(report.Group);
            Assert.Equal(Severity.Blocker, Reports.Find(report, FindingCode.NoIommuGroup).Severity);
            Assert.True(report.Actions[0].Reboot);
            Assert.DoesNotContain(report.Actions, static action => action.Text.Contains("no-IOMMU", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(VfioErrorKind.NoIommu, Assert.Throws<VfioException>(() => DriverBinding.Bind(address)).Kind);
            RequireRefusal(address);
        }
    }

    [Fact]
    public void A_group_of_no_iommu_mode_is_unsafe_and_opens()
    {
        Assert.SkipUnless(Mode.IsNoIommu, "is about machines without an IOMMU");
        PciAddress address = TestDevice.Nvme();
        AssignabilityReport before = Reports.Inspect(address);
        Assert.Equal(Verdict.Reboot, before.Verdict);
        Reports.Find(before, FindingCode.NoIommuGroup);
        using DriverBinding binding = DriverBinding.Bind(address);

        AssignabilityReport report = Reports.RequireAgreement(address, Verdict.Unsafe);

        Assert.Equal([address], report.Group!.Members.Select(static member => member.Device));
        Reports.FindProven(report, FindingCode.NoIsolation);
        Assert.Equal(ResetClass.R0, report.Reset.Class);
        Assert.Empty(report.Actions);
    }

    // The library does not ask the kernel where there is no group. This does: the kernel takes the request, and no driver binds.
    private static void RequireRefusal(PciAddress address)
    {
        string choice = $"/sys/bus/pci/devices/{address}/driver_override";
        File.WriteAllText(choice, "vfio-pci\n");
        try
        {
            File.WriteAllText("/sys/bus/pci/drivers_probe", $"{address}\n");
        }
        catch (IOException)
        {
            // Some kernels pass on what the driver's probe said.
        }
        finally
        {
            File.WriteAllText(choice, "\n");
        }

        Assert.Null(PciFunction.Read(address).Driver);
    }

    private static void RequireNoRemapping()
        => Assert.SkipUnless(Mode.LacksRemapping, "is about machines whose IOMMU does not remap interrupts");
}
