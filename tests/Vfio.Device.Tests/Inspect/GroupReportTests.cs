using System.Globalization;
using System.Text.Json;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary>Who else is in the way: a host driver in the group, another process, the owner of a physical function.</summary>
public sealed class GroupReportTests
{
    private static readonly Guid _token = Guid.Parse("0b6f3c52-7d0e-4f7b-8a35-1f2e9c4d6a70");

    [Fact]
    public void A_member_on_a_host_driver_blocks_and_the_kernel_says_so()
    {
        Mode.RequireReports();
        PciAddress culprit = TestDevice.BridgedE1000();
        PciAddress wanted = TestDevice.BridgedRtl8139();
        using DriverBinding host = DriverBinding.Bind(culprit, "e1000");
        using DriverBinding binding = DriverBinding.Bind(wanted);

        AssignabilityReport report = Reports.RequireAgreement(wanted, Verdict.After);

        Assert.Equal([culprit], report.Group!.Members.Where(static member => member.Blocks).Select(static member => member.Device));
        Assert.Equal([culprit], Assert.Single(report.Actions).Devices);
        Finding finding = Reports.FindProven(report, FindingCode.GroupNotViable);
        Assert.Equal([culprit], finding.Devices);
        RequireEveryBackend(finding);
    }

    [Fact]
    public void A_group_that_another_process_has_is_busy_and_the_process_is_named()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Edu();
        using var taken = new Taken(address);

        (int exitCode, string output, string error) = Command.Vfio("inspect", address.ToString(), "--json", "--prove");

        Assert.True(exitCode == 13, error);
        JsonElement report = JsonElement.Parse(output);
        JsonElement busy = Assert.Single(report.GetProperty("findings").EnumerateArray(), static finding => Is(finding, FindingCode.GroupBusy));
        Assert.Equal("proven", busy.GetProperty("confidence").GetString());
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), busy.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(report.GetProperty("findings").EnumerateArray(), static finding => Is(finding, FindingCode.ProofDiffers));
    }

    [Fact]
    public void A_device_that_this_process_has_is_busy_too()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Edu();
        using var taken = new Taken(address);

        AssignabilityReport report = Reports.RequireAgreement(address, Verdict.No);

        Reports.FindProven(report, FindingCode.GroupBusy);
    }

    [Fact]
    public void Virtual_functions_of_a_function_in_user_space_need_its_token()
    {
        Mode.RequireReports();
        Assert.SkipUnless(Directory.Exists("/sys/module/vfio_pci"), "needs vfio-pci with SR-IOV");
        PciAddress address = TestDevice.Igb();
        using DriverBinding binding = DriverBinding.Bind(address);
        using VirtualFunctions functions = VirtualFunctions.Allow(address);
        using (VfioDevice physical = VfioDevice.Open(address, new VfioDeviceOptions { Token = _token }))
        {
            PciAddress virtualFunction = functions.Create(2);
            using DriverBinding virtualBinding = DriverBinding.Bind(virtualFunction);

            AssignabilityReport report = Reports.RequireAgreement(virtualFunction, Verdict.Yes);

            Assert.Equal((ResetClass.R0, "flr"), (report.Reset.Class, report.Reset.Effective));
            Finding finding = Reports.FindProven(report, FindingCode.VfTokenRequired);
            Assert.Equal([virtualFunction, address], finding.Devices);
            RequireEveryBackend(finding);
        }

        // The functions outlive the open of the physical one, which has them in its report.
        AssignabilityReport owner = Reports.Inspect(address);
        Assert.Equal(Verdict.Yes, owner.Verdict);
        Assert.Equal(Severity.Info, Reports.Find(owner, FindingCode.PfHasVfs).Severity);
    }

    [Fact]
    public void A_virtual_function_of_the_hosts_card_is_reset_by_itself()
    {
        Mode.RequireReports();
        PciAddress address = TestDevice.Igb();
        using DriverBinding host = DriverBinding.Bind(address, "igb");
        using HostVirtualFunctions functions = HostVirtualFunctions.Create(address);
        using DriverBinding binding = DriverBinding.Bind(functions.First);

        AssignabilityReport report = Reports.RequireAgreement(functions.First, Verdict.Yes);

        Assert.Equal((ResetClass.R0, "flr"), (report.Reset.Class, report.Reset.Effective));
        Assert.Equal([functions.First], report.Reset.Affected);
        Assert.Empty(report.Findings);
        AssignabilityReport owner = Reports.Inspect(address);
        Assert.Equal(Verdict.After, owner.Verdict);
        Assert.Contains("sriov_numvfs", owner.Actions[0].Command, StringComparison.Ordinal);
        Assert.Contains(functions.First, Reports.Find(owner, FindingCode.PfHasVfs).Devices);
    }

    private static void RequireEveryBackend(Finding finding)
    {
        Reports.RequireEvidence(finding, VfioBackend.Type1V2);
        if (File.Exists("/dev/iommu"))
        {
            Reports.RequireEvidence(finding, VfioBackend.Iommufd);
        }
    }

    private static bool Is(JsonElement finding, string code) => finding.GetProperty("code").ValueEquals(code);
}
