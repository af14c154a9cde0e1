using FsCheck;
using FsCheck.Fluent;

namespace Vfio.Assignability.Tests;

/// <summary>A capture may be sent to anybody.</summary>
public sealed class PrivacyTests
{
    [Fact]
    public void Nothing_private_is_in_names_links_or_files()
    {
        using HostTreeBuilder host = RichHost.Create();
        using var captured = new CapturedTree(host.Build().Tree);
        string[] before = Texts(host.Root);
        string[] after = Texts(captured.Root);

        Assert.All(RichHost.Secrets, secret => Assert.Contains(before, text => text.Contains(secret, StringComparison.OrdinalIgnoreCase)));
        Assert.All(RichHost.Secrets, secret => Assert.DoesNotContain(after, text => text.Contains(secret, StringComparison.OrdinalIgnoreCase)));
    }

    private static string[] Texts(string root) => [.. CapturedTree.EntriesOf(root).Select(static entry => $"{entry.Key}: {entry.Value}")];

    [Fact]
    public void What_a_report_rests_on_is_there_nevertheless()
    {
        using HostTreeBuilder host = RichHost.Create();
        PciHost before = host.Build();
        using var captured = new CapturedTree(before.Tree);

        foreach (PciFunction function in before.Functions)
        {
            AssignabilityReport report = DeviceInspector.Inspect(before, function.Address);
            AssignabilityReport after = captured.Inspect(function.Address.ToString());

            Assert.Equal(report.Verdict, after.Verdict);
            Assert.Equal(report.Findings.Select(static finding => (finding.Code, finding.Severity)), after.Findings.Select(static finding => (finding.Code, finding.Severity)));
            Assert.Equal(report.Findings.SelectMany(static finding => finding.Devices), after.Findings.SelectMany(static finding => finding.Devices));
            Assert.Equal(report.Actions.Select(static action => action.Command), after.Actions.Select(static action => action.Command), StringComparer.Ordinal);
            Assert.Equal(report.Reset.Class, after.Reset.Class);
            Assert.Equal(report.Unknown.Count, after.Unknown.Count);
        }

        Assert.Equal(Verdict.No, captured.Inspect(RichHost.Nvme).Verdict);
        Assert.Equal(Verdict.No, captured.Inspect(RichHost.Network).Verdict);
        Assert.Equal(Verdict.No, captured.Inspect(RichHost.Assigned).Verdict);
    }

    [Fact]
    public void A_name_is_replaced_by_the_same_wherever_it_stands()
    {
        using HostTreeBuilder host = RichHost.Create();
        using var captured = new CapturedTree(host.Build().Tree);

        Assert.True(captured.Has("/sys/class/net/net1"));
        Assert.Contains("net1\t00000000\t00000000", captured.Text("/proc/net/route"), StringComparison.Ordinal);
        Assert.True(captured.Has("/sys/devices/virtual/net/net1/lower_net2"));
        Assert.Contains("net2-TxRx-0", captured.Text("/proc/interrupts"), StringComparison.Ordinal);
        Assert.Equal("dm-1\n", captured.Text("/sys/class/block/dm-1/dm/name"));
        Assert.Contains("/mnt/1 rw,relatime - ext4 /dev/mapper/dm-1 rw", captured.Text("/proc/self/mountinfo"), StringComparison.Ordinal);
        Assert.StartsWith("/dev/dm-1 /mnt/1 ext4 rw,relatime 0 0", captured.Text("/proc/mounts"), StringComparison.Ordinal);
        Assert.Contains("/mnt/1/swapfile", captured.Text("/proc/swaps"), StringComparison.Ordinal);
        Assert.Equal("quiet", captured.Text("/proc/cmdline").Split(' ')[^4]);
        Assert.Equal("root=REDACTED intel_iommu=on vfio-pci.ids=8086:10c9\n", string.Join(' ', captured.Text("/proc/cmdline").Split(' ')[^3..]));
    }

    [Fact]
    public void Whatever_somebody_calls_things_is_not_in_it()
    {
        Gen<string> names = Gen.Elements([.. "abcdefghijklmnopqrstuvwxyzABCDEFG0123456789_-."]).ArrayOf(10).Select(static letters => "q" + new string(letters) + "z");

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll(
            names.Four().ToArbitrary(),
            static chosen =>
            {
                (string wire, string volume, string place, string array) = chosen;
                using var host = new HostTreeBuilder();
                FunctionBuilder disk = host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Nvme(0, "nvme0n1p1", "nvme0n1p2");
                _ = disk.Network(wire);
                _ = host.DeviceMapper("dm-0", volume, "nvme0n1p1").Raid($"md_{array}", "nvme0n1p2").Mount("dm-0", $"/srv/{place}").Mount($"md_{array}", $"/{place}").DefaultRoute(wire);
                using var captured = new CapturedTree(host.Build().Tree);
                using var again = new CapturedTree(HostTree.At(captured.Root));

                Assert.DoesNotContain(captured.Entries, entry => new[] { wire, volume, place, array }.Any(name => entry.Key.Contains(name, StringComparison.Ordinal) || entry.Value.Contains(name, StringComparison.Ordinal)));
                Assert.Equal(captured.Entries, again.Entries);
            }));
    }
}
