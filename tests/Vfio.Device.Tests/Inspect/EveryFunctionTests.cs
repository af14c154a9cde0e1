using System.Globalization;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Inspect;

/// <summary>All functions of the lab's machine, those included that nobody would give away.</summary>
public sealed class EveryFunctionTests
{
    private const uint HostBridge = 0x0600;
    private const uint IsaBridge = 0x0601;

    [Fact]
    public void Each_has_a_report_that_holds_together()
    {
        Mode.RequireOncePerMachine();
        var host = new PciHost(HostTree.Local);
        foreach (PciFunction function in host.Functions)
        {
            AssignabilityReport report = DeviceInspector.Inspect(host, function.Address);

            Assert.Equal(function.Address, report.Device);
            Assert.NotEqual(Verdict.Unknown, report.Verdict);
            if (report.Verdict != Verdict.Unsafe)
            {
                Assert.True((report.Verdict is Verdict.After or Verdict.Reboot) == (report.Actions.Count > 0), Describe(report));
            }

            Assert.Equal(report.Reset.Class is ResetClass.R3 or ResetClass.R4, report.Reset.Effective is null);
            if (function.IsBridge)
            {
                Assert.Equal(Verdict.No, report.Verdict);
                Reports.Find(report, FindingCode.BridgeNotAssignable);
            }
            else if (function.ClassCode >> 8 is HostBridge or IsaBridge)
            {
                Assert.Equal(Verdict.No, report.Verdict);
                Reports.Find(report, FindingCode.HostUseCritical);
            }
        }
    }

    private static string Describe(AssignabilityReport report)
        => string.Create(CultureInfo.InvariantCulture, $"{report.Device}: {report.Verdict} with {report.Actions.Count} actions");
}
