using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vfio.Native;
using static Vfio.Core.Tests.BusMachine;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

public sealed class HotResetTests
{
    private const string Step = "VFIO_DEVICE_PCI_HOT_RESET";

    private static readonly ResetOptions _once = new() { BusyTimeout = TimeSpan.Zero };

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void All_on_the_bus_are_reset_and_told(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces);
        using (VfioDevice first = bus.Open())
        using (VfioDevice second = bus.Open(Second))
        {
            HotResetInfo hit = first.HotReset();

            Assert.Equal([First, Second], hit.Affected.Select(static it => it.Address.ToString()));
            Assert.Equal((1, 1), (bus.FirstDevice.Resets, bus.SecondDevice.Resets));
        }

        bus.Machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Interfaces.IsolatedOnes), MemberType = typeof(Interfaces))]
    public void Groups_apart_must_all_be_open(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces, shareGroup: false);
        using (VfioDevice first = bus.Open())
        {
            VfioException refusal = ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, Errno.EINVAL, First, () => first.HotReset());
            Assert.Contains($"{Second} (vfio-pci, not open in this process)", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(First + " (", refusal.Message, StringComparison.Ordinal);
            Assert.Equal((0, 0), (bus.FirstDevice.Resets, bus.SecondDevice.Resets));

            using VfioDevice second = bus.Open(Second);
            Assert.True(first.HotReset().IsAllowed);
            Assert.Equal((1, 1), (bus.FirstDevice.Resets, bus.SecondDevice.Resets));
        }

        bus.Machine.AssertClean();
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly)]
    [InlineData(FakeInterfaces.CdevsOnly)]
    [InlineData(FakeInterfaces.Compat)]
    public void Those_in_the_way_are_named_with_drivers_and_remedies(FakeInterfaces interfaces)
    {
        using var bus = new BusMachine(interfaces);
        bus.AddStranger("0000:03:04.0", "e1000");
        bus.AddStranger("0000:03:05.0", "pcieport", 0x060400);
        bus.AddStranger("0000:03:06.0", driver: null, 0x060400);
        bus.Rebind(Second, null);
        using VfioDevice first = bus.Open();

        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, Errno.EINVAL, First, () => first.HotReset());

        Assert.Contains(
            $"{Second} (no driver), 0000:03:04.0 (the host's driver e1000), 0000:03:05.0 (a bridge with the driver pcieport), 0000:03:06.0 (a bridge)",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.Contains($"Bind {Second} and 0000:03:04.0 to vfio-pci", refusal.Remedy, StringComparison.Ordinal);
        Assert.Contains("No VFIO driver takes 0000:03:05.0 and 0000:03:06.0", refusal.Remedy, StringComparison.Ordinal);
        Assert.Equal(0, bus.FirstDevice.Resets);
    }

    [Fact]
    public void Another_iommufd_is_named()
    {
        using var bus = new BusMachine(FakeInterfaces.CdevsOnly, shareGroup: false);
        using AddressSpace other = bus.Machine.CreateSpace(new AddressSpaceOptions { Accounting = MemoryAccounting.Process });
        using VfioDevice first = bus.Open();
        using VfioDevice second = bus.Machine.Open(Second, other);

        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, Errno.EINVAL, First, () => first.HotReset());

        Assert.Contains($"{Second} (vfio-pci, open in this process with another owner)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("AddressSpaceOptions.Accounting", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_that_was_passed_in_has_no_group_to_show()
    {
        using var bus = new BusMachine();
        using SafeHandle container = bus.Machine.Lend(bus.Machine.Sysfs.Paths.ContainerNode);
        using SafeHandle group = bus.Machine.Lend(bus.Machine.GroupNode(7));
        using SafeHandle opened = OpenAsStranger(bus, (int)container.DangerousGetHandle(), (int)group.DangerousGetHandle());
        using (VfioDevice device = bus.Machine.Open(new VfioDeviceOptions { Node = opened }, First))
        {
            VfioException refusal = ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, 0, First, () => device.HotReset());

            Assert.Contains(First + " (vfio-pci, open in this process with another owner)", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(Second + " (vfio-pci, not open in this process)", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(0, bus.Kernel.Faults.Count(nameof(IVfioKernel.HotReset)));
        }

        bus.Machine.TakeBack(opened);
        bus.Machine.TakeBack(group);
        bus.Machine.TakeBack(container);
        bus.Machine.AssertClean();
    }

    [Fact]
    public void On_a_root_bus_the_remedy_is_the_functions_own_reset()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        VfioException refusal = ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "VFIO_DEVICE_GET_PCI_HOT_RESET_INFO", Errno.ENODEV, FakeMachine.Address, () => device.HotReset());
        Assert.Contains("CanReset", refusal.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EAGAIN)]
    [InlineData(Errno.EBUSY)]
    public void Locks_are_waited_for_within_the_limit(int errno)
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        for (int i = 0; i < 3; i++)
        {
            bus.Kernel.Faults.FailNext(nameof(IVfioKernel.HotReset), errno, skip: i);
        }

        _ = device.HotReset(new ResetOptions { BusyTimeout = TimeSpan.FromMinutes(5) });
        Assert.Equal(4, bus.Kernel.Faults.Count(nameof(IVfioKernel.HotReset)));

        bus.Kernel.Faults.FailAlways(nameof(IVfioKernel.HotReset), errno);
        ErrorAssert.Refused(VfioErrorKind.DeviceBusy, Step, errno, First, () => device.HotReset(_once));
        Assert.Equal(5, bus.Kernel.Faults.Count(nameof(IVfioKernel.HotReset)));
        ErrorAssert.Refused(
            VfioErrorKind.DeviceBusy, Step, errno, First, () => device.HotReset(new ResetOptions { BusyTimeout = TimeSpan.FromMilliseconds(30) }));
        Assert.True(bus.Kernel.Faults.Count(nameof(IVfioKernel.HotReset)) > 5);
    }

    [Fact]
    public void A_bus_that_does_not_come_back_is_named_with_what_was_hit()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.HotReset), Errno.ENOTTY);
        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.DeviceUnreachable, Step, Errno.ENOTTY, First, () => device.HotReset());
        Assert.Contains($"{First}, {Second}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_without_anybody_in_the_way_are_told_as_they_are()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        foreach (int errno in (int[])[Errno.EINVAL, Errno.EPERM, Errno.ENOMEM])
        {
            bus.Kernel.Faults.FailNext(nameof(IVfioKernel.HotReset), errno);
            ErrorAssert.Refused(VfioErrorKind.Refused, Step, errno, First, () => device.HotReset());
        }

        bus.Kernel.Faults.FailNext(nameof(IVfioKernel.HotReset), Errno.ENODEV);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => device.HotReset()).Kind);
    }

    [Fact]
    public void Who_came_in_between_is_named()
    {
        using var bus = new BusMachine();
        using VfioDevice device = bus.Open();
        bus.Kernel.Before = method =>
        {
            if (method == nameof(IVfioKernel.HotReset))
            {
                bus.Rebind(Second, "8139cp");
            }
        };
        VfioException refusal = ErrorAssert.Refused(VfioErrorKind.ResetSetNotOwned, Step, Errno.EINVAL, First, () => device.HotReset());
        Assert.Contains($"{Second} (the host's driver 8139cp)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Disposed_devices_refuse()
    {
        using var bus = new BusMachine();
        VfioDevice device = bus.Open();
        device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => device.HotReset());
        Assert.Throws<ObjectDisposedException>(device.Reset);
        bus.Machine.AssertClean();
    }

    [Fact]
    public void Nothing_is_left_whichever_call_fails()
    {
        using var bus = new BusMachine(shareGroup: false);
        using VfioDevice first = bus.Open();
        using VfioDevice second = bus.Open(Second);
        int failures = EveryCall.IsHarmless(bus.Machine, Errno.ENOMEM, () =>
        {
            _ = first.HotReset(new ResetOptions { RestoreConfig = true });
            return new MemoryStream();
        });
        Assert.True(failures > 2);
    }

    private static SafeFileHandle OpenAsStranger(BusMachine bus, int container, int group)
    {
        Assert.Equal(0, bus.Kernel.SetContainer(group, container));
        Assert.Equal(0, bus.Kernel.SetIommu(container, (uint)VFIO_TYPE1v2_IOMMU));
        bus.FirstDevice.Group.IsStrangers = true;
        return new SafeFileHandle(bus.Kernel.GetDeviceFd(group, First), ownsHandle: false);
    }
}
