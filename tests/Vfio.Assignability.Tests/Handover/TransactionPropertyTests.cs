using FsCheck;
using FsCheck.Fluent;
using Vfio.Native;

namespace Vfio.Assignability.Tests.Handover;

/// <summary>Whatever fails, wherever: all or none.</summary>
public sealed class TransactionPropertyTests
{
    private static readonly string?[] _drivers = [null, "e1000", "8139cp", "xe-vfio-pci"];
    private static readonly string[] _overrides = ["(null)", "e1000", "none"];

    [Fact]
    public void A_failure_at_any_step_leaves_everything_as_it_was_and_none_moves_everything()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll<int>(static seed => Try(new Random(seed))));

    private static void Try(Random random)
    {
        using var host = new FakeHost();
        string[] devices = [.. Enumerable.Range(0, random.Next(1, 5)).Select(number => $"0000:03:0{number}.0")];
        foreach (string device in devices)
        {
            host.AddFunction(device, driver: _drivers[random.Next(_drivers.Length)]);
            host.Write(device, "driver_override", _overrides[random.Next(_overrides.Length)]);
        }

        if (random.Next(2) == 0)
        {
            // Some were handed over before, and their records must outlive the failure.
            host.AddDriver("earlier_vfio_pci");
            host.Bind(new BindOptions { Driver = "earlier_vfio_pci" }, devices[0]).ThrowIfFailed();
            host.Writer.Written.Clear();
        }

        string[] before = [.. devices.Select(host.State)];
        string[] records = [.. devices.Select(device => host.Record(device)?.ToJsonString() ?? string.Empty)];
        int failing = random.Next(1, (4 * devices.Length) + 2);
        bool refuses = random.Next(3) == 0;
        host.Writer.FaultComesLate = random.Next(2) == 0;
        host.Writer.Fault = (number, _) =>
        {
            bool now = number == failing;
            if (now && refuses)
            {
                host.Writer.Refusing.Add("vfio-pci");
            }

            return now && !refuses ? FakeWriter.Refusal(Errno.EIO) : null;
        };

        HandoverResult result = host.Bind(devices);

        if (result.Succeeded)
        {
            Assert.All(devices, device => Assert.Equal("vfio-pci vfio-pci", host.State(device)));
            host.Writer.Fault = static (_, _) => null;
            host.Restore(devices).ThrowIfFailed();
            Assert.All(devices, device => Assert.Null(host.Record(device)));
            return;
        }

        Assert.Equal(before, devices.Select(host.State), StringComparer.Ordinal);
        Assert.Equal(records, devices.Select(device => host.Record(device)?.ToJsonString() ?? string.Empty), StringComparer.Ordinal);
        Assert.All(result.Devices, static change => Assert.False(change.Changed));
        Assert.DoesNotContain("Not rolled back", result.Errors[0].Message, StringComparison.Ordinal);
    }
}
