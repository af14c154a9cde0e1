namespace Vfio.Core.Tests;

/// <summary>A group that is not viable names who keeps it from being so, and nobody else.</summary>
public sealed class GroupViabilityTests : IDisposable
{
    private const string Culprit = "0000:00:03.1";

    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public GroupViabilityTests()
    {
        _machine.Kernel.Groups[7].Viable = false;
        _machine.Sysfs.AddFunction("0000:00:1c.0", 7, "pcieport");
        _machine.Sysfs.AddFunction("0000:00:1c.1", 7, "pci-stub");
        _machine.Sysfs.AddFunction("0000:00:1c.2", 7);
        _machine.Sysfs.AddFunction("0000:00:1c.3", 7, "vfio-pci");
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void The_culprit_and_its_driver_are_named_and_only_they()
    {
        _machine.Sysfs.AddFunction(Culprit, 7, "nvme");
        VfioException error = Open("VFIO_GROUP_GET_STATUS", 0);
        Assert.Contains(Culprit, error.Message, StringComparison.Ordinal);
        Assert.Contains("nvme", error.Message, StringComparison.Ordinal);
        Assert.Contains(Culprit, error.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("0000:00:1c", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_culprit_is_named()
    {
        _machine.Sysfs.AddFunction(Culprit, 7, "nvme");
        _machine.Sysfs.AddFunction("0000:00:03.2", 7, "xhci_hcd");
        VfioException error = Open("VFIO_GROUP_GET_STATUS", 0);
        Assert.Contains("0000:00:03.1 is bound to the host's driver nvme", error.Message, StringComparison.Ordinal);
        Assert.Contains("0000:00:03.2 is bound to the host's driver xhci_hcd", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_culprit_that_sysfs_does_not_show_leaves_a_remedy()
        => Assert.Contains("Unbind", Open("VFIO_GROUP_GET_STATUS", 0).Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_bridge_is_named_where_nothing_else_blocks_and_is_not_to_be_bound()
    {
        const string Bridge = "0000:00:1d.0";
        _machine.Sysfs.AddFunction(Bridge, 7, "shpchp");
        _machine.Sysfs.Write(Bridge, "class", "0x060400\n");
        VfioException alone = Open("VFIO_GROUP_GET_STATUS", 0);
        Assert.Contains(Bridge, alone.Message, StringComparison.Ordinal);
        Assert.Contains("a bridge itself cannot be bound", alone.Remedy, StringComparison.Ordinal);

        _machine.Sysfs.AddFunction(Culprit, 7, "nvme");
        Assert.DoesNotContain(Bridge, Open("VFIO_GROUP_GET_STATUS", 0).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_stops_being_viable_on_the_way_is_named_too()
    {
        _machine.Sysfs.AddFunction(Culprit, 7, "nvme");
        _machine.Kernel.Groups[7].Viable = true;
        _machine.Kernel.Before = method => _machine.Kernel.Groups[7].Viable = method != nameof(IVfioKernel.SetContainer);
        Assert.Contains(Culprit, Open("VFIO_GROUP_SET_CONTAINER", Native.Errno.EPERM).Message, StringComparison.Ordinal);
    }

    private VfioException Open(string step, int errno)
    {
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.GroupNotViable, step, errno, _machine.Sysfs.Paths.GroupNode(7), () => _machine.Open());
        _machine.AssertClean();
        return error;
    }
}
