using Vfio.Native;
using static Vfio.Core.Tests.BusMachine;

namespace Vfio.Core.Tests;

public sealed class HotResetInfoTests
{
    private const string Step = "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO";

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void All_that_is_hit_is_listed_in_order(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces);
        bus.Bus.Reverse();
        using VfioDevice first = bus.Open();
        using VfioDevice second = bus.Open(Second);

        HotResetInfo info = first.GetHotResetInfo();

        Assert.True(info.IsPossible);
        Assert.True(info.IsAllowed);
        Assert.Empty(info.InTheWay);
        Assert.Equal([PciAddress.Parse(First), PciAddress.Parse(Second)], info.Affected.Select(static it => it.Address));
        Assert.All(info.Affected, static it =>
        {
            Assert.Equal(HotResetOwnership.Open, it.Ownership);
            Assert.Equal("vfio-pci", it.Driver);
            Assert.True(it.IsOwned);
        });
    }

    [Fact]
    public void Groups_are_told_on_their_path_and_numbers_on_the_other()
    {
        using (var bus = new BusMachine(FakeInterfaces.ContainersOnly))
        using (VfioDevice device = bus.Open())
        {
            Assert.All(device.GetHotResetInfo().Affected, static it => Assert.Equal((7, null), (it.Group, it.IommufdId)));
        }

        using (var bus = new BusMachine(FakeInterfaces.CdevsOnly))
        using (VfioDevice device = bus.Open())
        {
            HotResetInfo info = device.GetHotResetInfo();
            Assert.Equal(bus.FirstDevice.Bound!.Id, info.Affected[0].IommufdId);
            Assert.Null(info.Affected[1].IommufdId);
            Assert.Equal(7, info.Affected[1].Group);
        }
    }

    [Theory]
    [MemberData(nameof(Interfaces.IsolatedOnes), MemberType = typeof(Interfaces))]
    public void A_neighbour_of_an_owned_group_need_not_be_open(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces);
        using VfioDevice device = bus.Open();

        HotResetInfo info = device.GetHotResetInfo();

        AssertOwnership(info, First, HotResetOwnership.Open);
        AssertOwnership(info, Second, HotResetOwnership.GroupOwned);
        Assert.True(info.IsAllowed);
    }

    [Theory]
    [MemberData(nameof(Interfaces.IsolatedOnes), MemberType = typeof(Interfaces))]
    public void Those_in_the_way_are_told_apart(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces, shareGroup: false);
        bus.AddStranger("0000:03:03.0", driver: null);
        bus.AddStranger("0000:03:04.0", "e1000");
        bus.AddStranger("0000:03:05.0", "pcieport", 0x060400);
        bus.AddStranger("0000:03:06.0", driver: null, 0x060401);
        using VfioDevice device = bus.Open();

        HotResetInfo info = device.GetHotResetInfo();

        Assert.True(info.IsPossible);
        Assert.False(info.IsAllowed);
        Assert.Equal(5, info.InTheWay.Count);
        AssertOwnership(info, First, HotResetOwnership.Open);
        AssertOwnership(info, Second, HotResetOwnership.NotOwned);
        AssertOwnership(info, "0000:03:03.0", HotResetOwnership.NoDriver);
        AssertOwnership(info, "0000:03:04.0", HotResetOwnership.HostDriver);
        AssertOwnership(info, "0000:03:05.0", HotResetOwnership.Bridge);
        AssertOwnership(info, "0000:03:06.0", HotResetOwnership.Bridge);
    }

    [Fact]
    public void A_device_of_another_iommufd_has_another_owner()
    {
        using var bus = new BusMachine(FakeInterfaces.CdevsOnly, shareGroup: false);
        using AddressSpace other = bus.Machine.CreateSpace(new AddressSpaceOptions { Accounting = MemoryAccounting.Process });
        using VfioDevice first = bus.Open();
        using VfioDevice second = bus.Machine.Open(Second, other);

        AssertOwnership(first.GetHotResetInfo(), Second, HotResetOwnership.OtherOwner);
        AssertOwnership(second.GetHotResetInfo(), First, HotResetOwnership.OtherOwner);
    }

    [Fact]
    public void On_a_root_bus_none_is_possible()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();

        HotResetInfo info = device.GetHotResetInfo();

        Assert.False(info.IsPossible);
        Assert.False(info.IsAllowed);
        Assert.Empty(info.Affected);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(300)]
    public void The_buffer_grows_until_all_of_it_fits(int count)
    {
        using var bus = new BusMachine();
        for (int i = bus.Bus.Count; i < count; i++)
        {
            bus.Bus.Add(new FakeBusMember(new PciAddress(1, 4 + (i >> 8), (i >> 3) & 31, i & 7), bus.FirstDevice.Group, null));
        }

        using VfioDevice device = bus.Open();

        Assert.Equal(count, device.GetHotResetInfo().Affected.Count);
        Assert.Equal(count <= 8 ? 1 : 2, bus.Kernel.Faults.Count(nameof(IVfioKernel.GetHotResetInfo)));
    }

    [Fact]
    public void A_bus_that_always_grows_is_given_up()
    {
        using var bus = new BusMachine();
        int next = 0;
        bus.Kernel.BusChanges = () =>
        {
            for (int i = 0; i < 50; i++, next++)
            {
                bus.Bus.Add(new FakeBusMember(new PciAddress(1, next >> 8, (next >> 3) & 31, next & 7), bus.FirstDevice.Group, null));
            }
        };
        using VfioDevice device = bus.Open();

        ErrorAssert.Refused(VfioErrorKind.DeviceBusy, Step, Errno.EAGAIN, First, () => device.GetHotResetInfo());
        Assert.Equal(16, bus.Kernel.Faults.Count(nameof(IVfioKernel.GetHotResetInfo)));
    }

    [Fact]
    public void A_topology_that_changes_is_asked_again()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.GetHotResetInfo), Errno.EAGAIN);
        Assert.True(device.GetHotResetInfo().IsAllowed);
        bus.Kernel.Faults.FailAlways(nameof(IVfioKernel.GetHotResetInfo), Errno.EAGAIN);
        ErrorAssert.Refused(VfioErrorKind.DeviceBusy, Step, Errno.EAGAIN, First, () => device.GetHotResetInfo());
    }

    [Theory]
    [InlineData(9u)]
    [InlineData(uint.MaxValue)]
    public void A_count_beyond_the_buffer_is_not_believed(uint count)
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        bus.Kernel.HotResetCount = count;
        Assert.Contains(First, Assert.Throws<InvalidDataException>(device.GetHotResetInfo).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData((1u << 16) + 1)]
    [InlineData(uint.MaxValue)]
    public void A_size_that_no_bus_has_is_not_believed(uint count)
    {
        using var bus = new BusMachine();
        for (int i = 0; i < 10; i++)
        {
            bus.AddStranger($"0000:03:1{i}.0", driver: null);
        }

        using VfioDevice device = bus.Open();
        bus.Kernel.HotResetCount = count;
        Assert.Throws<InvalidDataException>(device.GetHotResetInfo);
    }

    [Fact]
    public void A_function_without_a_group_is_the_kernels_refusal()
    {
        using var bus = new BusMachine();
        bus.AddStranger("0000:03:03.0", driver: null, group: null);
        using VfioDevice device = bus.Open();
        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, Errno.EPERM, First, () => device.GetHotResetInfo());
        Assert.Contains("0000:03:03.0 (no driver)", refusal.Message, StringComparison.Ordinal);
        Directory.Delete(bus.Machine.Sysfs.Folder("0000:03:03.0"), recursive: true);
        ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, Errno.EPERM, First, () => device.GetHotResetInfo());
    }

    [Fact]
    public void A_mediated_device_has_none()
    {
        const string Uuid = "11111111-2222-3333-4444-555555555555";
        using var machine = new FakeMachine(FakeInterfaces.CdevsOnly);
        machine.AddMediated(Uuid, 9);
        using VfioDevice device = VfioDevice.Open(machine.Host, Guid.Parse(Uuid), null);
        ErrorAssert.Refused(VfioErrorKind.NotSupported, Step, Errno.ENOTTY, Uuid, () => device.GetHotResetInfo());
        ErrorAssert.Refused(VfioErrorKind.NotSupported, Step, Errno.ENOTTY, Uuid, () => device.HotReset());
    }

    [Fact]
    public void Other_refusals_are_told_as_such()
    {
        using var bus = new BusMachine();
        VfioDevice device = bus.Open();
        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.GetHotResetInfo), Errno.ENOMEM);
        ErrorAssert.Refused(VfioErrorKind.Refused, Step, Errno.ENOMEM, First, () => device.GetHotResetInfo());
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(device.GetHotResetInfo);
        bus.Machine.AssertClean();
    }
}
