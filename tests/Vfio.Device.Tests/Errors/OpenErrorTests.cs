using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Errors;

public sealed class OpenErrorTests
{
    [Fact]
    public void A_group_that_is_not_viable_names_the_culprit_and_not_the_bridge()
    {
        Mode.RequireIommu();
        PciAddress culprit = TestDevice.BridgedE1000();
        PciAddress wanted = TestDevice.BridgedRtl8139();
        using DriverBinding host = DriverBinding.Bind(culprit, "e1000");
        using DriverBinding binding = DriverBinding.Bind(wanted);

        VfioException refusal = Assert.Throws<VfioException>(() => Mode.Open(wanted));

        Assert.Equal(VfioErrorKind.GroupNotViable, refusal.Kind);
        Assert.Contains($"{culprit} is bound to the host's driver e1000", refusal.Message, StringComparison.Ordinal);
        foreach (PciFunction bridge in PciFunction.ReadAll().Where(function => function.ClassCode >> 8 == 0x0604))
        {
            Assert.DoesNotContain(bridge.Address.ToString(), refusal.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("pcieport", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_without_a_function_is_named()
    {
        VfioException refusal = Assert.Throws<VfioException>(() => VfioDevice.Open("0000:fe:1f.7", Mode.DeviceOptions));

        Assert.Equal(VfioErrorKind.NoSuchDevice, refusal.Kind);
        Assert.Equal("0000:fe:1f.7", refusal.Subject);
    }

    [Fact]
    public void A_device_without_a_driver_is_told_apart()
    {
        PciAddress address = TestDevice.Edu();

        VfioException refusal = Assert.Throws<VfioException>(() => Mode.Open(address));

        Assert.Equal(VfioErrorKind.NotBoundToVfio, refusal.Kind);
        Assert.Contains("no driver is bound", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_another_process_holds_is_busy()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Edu();
        using var taken = new Taken(address);

        (int exitCode, _, string error) = Command.Vfio("demo", address.ToString());

        Assert.Equal(1, exitCode);
        Assert.Contains("only one process at a time", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_the_right_is_told_so()
    {
        Mode.RequireCommand();
        (int exitCode, _, string error) = Command.Vfio(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], ["demo", TestDevice.Edu().ToString()]);

        Assert.Equal(77, exitCode);
        Assert.Contains("Run as root", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_locked_memory_is_named_with_both_sizes()
    {
        Mode.RequireCommand();
        (int exitCode, _, string error) = Command.Vfio(
            ["prlimit", "--memlock=4096:4096", "setpriv", "--bounding-set=-ipc_lock"], ["demo", TestDevice.Edu().ToString()]);

        Assert.Equal(1, exitCode);
        Assert.Contains("needs 8 KiB of locked memory", error, StringComparison.Ordinal);
        Assert.Contains("the process may lock 4 KiB in all", error, StringComparison.Ordinal);
    }
}
