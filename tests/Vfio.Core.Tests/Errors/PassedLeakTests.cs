using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Whatever call fails with a descriptor that was passed in, it is left as it came, and can be used again.</summary>
public sealed class PassedLeakTests
{
    private static readonly int[] _errnos = [Errno.EIO, Errno.ENOMEM, Errno.EACCES, Errno.EBUSY, Errno.EINVAL, Errno.ENOTTY];

    public static TheoryData<int> Errnos { get; } = new(_errnos);

    public static MatrixTheoryData<FakeInterfaces, int> Groups { get; } = new(
        [FakeInterfaces.ContainersOnly, FakeInterfaces.Both, FakeInterfaces.Compat, FakeInterfaces.CompatUnderContainerNode], _errnos);

    public static MatrixTheoryData<FakeInterfaces, int> Spaces { get; } = new(Interfaces.Mapping, _errnos);

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_group_comes_back_without_a_container(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using SafeHandle node = machine.Lend(machine.GroupNode(7));
        EveryCall.IsHarmless(machine, errno, () => machine.Open(new VfioDeviceOptions { Node = node }));
        machine.TakeBack(node);
        machine.Open().Dispose();
        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_group_and_a_container_come_back_as_they_were(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        VfioBackend? backend = Backend(interfaces);
        using SafeHandle group = machine.Lend(machine.GroupNode(7));
        using SafeHandle container = machine.Lend(ContainerNode(machine));
        EveryCall.IsHarmless(machine, errno, () =>
        {
            using AddressSpace space = machine.CreateSpace(new AddressSpaceOptions { Node = container, Backend = backend });
            return machine.Open(new VfioDeviceOptions { Node = group, AddressSpace = space });
        });
        machine.TakeBack(group);
        machine.TakeBack(container);
        machine.Open().Dispose();
        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Spaces))]
    public void The_node_of_an_address_space_comes_back_empty(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        bool cdevs = interfaces.HasFlag(FakeInterfaces.CdevsOnly);
        using SafeHandle node = machine.Lend(cdevs ? machine.Sysfs.Paths.IommufdNode : ContainerNode(machine));
        var options = new AddressSpaceOptions
        {
            Node = node,
            Backend = cdevs ? null : Backend(interfaces),
            AllowUnsafeNoIommu = machine.Kernel.NoIommu,
        };
        EveryCall.IsHarmless(machine, errno, () => machine.CreateSpace(options));
        using (AddressSpace space = machine.CreateSpace(options))
        {
            EveryCall.IsHarmless(machine, errno, () => machine.Open(space: space));
        }

        Assert.DoesNotContain(machine.Kernel.Iommufds, static it => it.Objects.Count != 0);
        machine.TakeBack(node);
        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Errnos))]
    public void A_device_node_comes_back_detached(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        for (int call = 0; ; call++)
        {
            using SafeHandle node = machine.Lend(machine.CdevNode());
            machine.Kernel.Faults.FailCall(call, errno);
            VfioDevice? device = EveryCall.Try(() => machine.Open(new VfioDeviceOptions { Node = node }));
            string? failed = machine.Kernel.Faults.Failed;
            machine.Kernel.Faults.Clear();
            device?.Dispose();
            Assert.False(machine.Device.Bound is FakeBoundDevice { IsAttached: true }, failed);
            machine.AssertClean();
            machine.TakeBack(node);
            machine.Open().Dispose();
            machine.AssertClean();
            if (failed is null)
            {
                Assert.NotNull(device);
                return;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Errnos))]
    public void A_device_node_can_be_tried_again_with_the_same_iommufd(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using SafeHandle iommufd = machine.Lend(machine.Sysfs.Paths.IommufdNode);
        for (int call = 0; ; call++)
        {
            using SafeHandle node = machine.Lend(machine.CdevNode());
            string? failed;
            using (AddressSpace space = machine.CreateSpace(new AddressSpaceOptions { Node = iommufd }))
            {
                var options = new VfioDeviceOptions { Node = node, AddressSpace = space };
                machine.Kernel.Faults.FailCall(call, errno);
                EveryCall.Try(() => machine.Open(options))?.Dispose();
                failed = machine.Kernel.Faults.Failed;
                machine.Kernel.Faults.Clear();
                using VfioDevice device = machine.Open(options);
                using DmaBuffer buffer = device.Dma.Allocate(4096);
                Assert.Single(machine.Kernel.Mappings);
            }

            machine.AssertClean();
            machine.TakeBack(node);
            Assert.Empty(Assert.Single(machine.Kernel.Iommufds).Objects);
            if (failed is null)
            {
                machine.TakeBack(iommufd);
                return;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Errnos))]
    public void A_device_that_is_bound_already_comes_back_detached(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using SafeHandle iommufd = machine.Lend(machine.Sysfs.Paths.IommufdNode);
        using SafeHandle node = machine.Lend(machine.CdevNode());
        using (AddressSpace space = machine.CreateSpace(new AddressSpaceOptions { Node = iommufd }))
        {
            var options = new VfioDeviceOptions { Node = node, AddressSpace = space };
            machine.Open(options).Dispose();
            EveryCall.IsHarmless(machine, errno, () => machine.Open(options));
        }

        machine.TakeBack(node);
        machine.TakeBack(iommufd);
        machine.AssertClean();
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, Errno.EIO)]
    [InlineData(FakeInterfaces.ContainersOnly, Errno.EINVAL)]
    [InlineData(FakeInterfaces.Compat, Errno.EIO)]
    [InlineData(FakeInterfaces.Compat, Errno.EINVAL)]
    public void An_open_device_of_a_group_does_its_DMA_through_the_container_that_it_is_in(FakeInterfaces interfaces, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using SafeHandle container = machine.Lend(ContainerNode(machine));
        using SafeHandle group = machine.Lend(machine.GroupNode(7));
        using SafeHandle opened = OpenAsStranger(machine, container, group);
        DmaBuffer outliving;
        string start = KernelState.Of(machine);
        using (AddressSpace space = machine.CreateSpace(new AddressSpaceOptions { Node = container, Backend = Backend(interfaces) }))
        {
            var options = new VfioDeviceOptions { Node = opened, AddressSpace = space };
            EveryCall.IsHarmless(machine, errno, () => machine.Open(options));
            using (VfioDevice device = machine.Open(options))
            {
                using DmaBuffer buffer = device.Dma.Allocate(4096);
                Assert.Equal(buffer.Iova.Value, Assert.Single(machine.Kernel.Mappings).Iova);
                if (machine.Device.Bound is FakeBoundDevice bound)
                {
                    Assert.Single(bound.Hwpt!.Ioas.Areas);
                }

                outliving = space.Allocate(4096);
            }

            // The group is still in the container, and so what was mapped stays until it is unmapped.
            Assert.Equal(1, space.MappingCount);
            Assert.Single(machine.Kernel.Mappings);
            space.UnmapAll();
            Assert.Empty(machine.Kernel.Mappings);
        }

        outliving.Dispose();
        Assert.Equal(start, KernelState.Of(machine));
        machine.TakeBack(opened);
        machine.TakeBack(group);
        machine.TakeBack(container);
        machine.Open().Dispose();
        machine.AssertClean();
    }

    [Fact]
    public void A_device_without_its_address_space_has_registers_only()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using SafeHandle container = machine.Lend(ContainerNode(machine));
        using SafeHandle group = machine.Lend(machine.GroupNode(7));
        using SafeHandle opened = OpenAsStranger(machine, container, group);
        EveryCall.IsHarmless(machine, Errno.EIO, () =>
        {
            VfioDevice device = machine.Open(new VfioDeviceOptions { Node = opened });
            Assert.False(device.IsAttached);
            Assert.Throws<InvalidOperationException>(() => device.Dma);
            Assert.Throws<InvalidOperationException>(() => device.Backend);
            return device;
        });
        machine.TakeBack(opened);
        machine.TakeBack(group);
        machine.TakeBack(container);
        machine.AssertClean();
    }

    [Fact]
    public void A_passed_device_that_ends_while_it_is_moved_is_closed_once()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using SafeHandle iommufd = machine.Lend(machine.Sysfs.Paths.IommufdNode);
        using SafeHandle node = machine.Lend(machine.CdevNode());
        using (AddressSpace home = machine.CreateSpace(new AddressSpaceOptions { Node = iommufd }))
        using (AddressSpace other = machine.CreateSpace(new AddressSpaceOptions { Node = iommufd }))
        {
            VfioDevice device = machine.Open(new VfioDeviceOptions { Node = node, AddressSpace = home });
            Exception? refused = null;
            bool once = false;
            machine.Kernel.Before = method =>
            {
                if (method == nameof(IVfioKernel.DetachIommufd) && !once)
                {
                    // The device is closing, and another thread does not know yet.
                    once = true;
                    var mover = new Thread(() => refused = Record.Exception(() => device.Attach(other)));
                    mover.Start();
                    mover.Join();
                }
            };
            device.Dispose();
            machine.Kernel.Before = null;
            Assert.IsType<ObjectDisposedException>(refused);
        }

        machine.AssertClean();
        machine.TakeBack(node);
        machine.TakeBack(iommufd);
    }

    private static VfioBackend? Backend(FakeInterfaces interfaces)
        => interfaces.HasFlag(FakeInterfaces.Compat) && !interfaces.HasFlag(FakeInterfaces.Containers) ? VfioBackend.CompatType1V2
            : interfaces.HasFlag(FakeInterfaces.ContainersOnly) ? VfioBackend.Type1V2
            : null;

    private static string ContainerNode(FakeMachine machine)
        => machine.Interfaces == FakeInterfaces.Compat ? machine.Sysfs.Paths.IommufdNode : machine.Sysfs.Paths.ContainerNode;

    /// <summary>Opens the device all the way as another process would, which keeps all of it.</summary>
    private static SafeFileHandle OpenAsStranger(FakeMachine machine, SafeHandle container, SafeHandle group)
    {
        int fd = (int)container.DangerousGetHandle();
        Assert.Equal(0, machine.Kernel.SetContainer((int)group.DangerousGetHandle(), fd));
        Assert.Equal(0, machine.Kernel.SetIommu(fd, (uint)VFIO_TYPE1v2_IOMMU));
        foreach (FakeIoas ioas in machine.Kernel.Iommufds.SelectMany(static it => it.Spaces))
        {
            ioas.Foreign = true;
        }

        int device = machine.Kernel.GetDeviceFd((int)group.DangerousGetHandle(), FakeMachine.Address);
        machine.Device.Group.IsStrangers = true;
        if (machine.Device.Bound is { } bound)
        {
            bound.Foreign = true;
        }

        Assert.True(device >= 0);
        return new SafeFileHandle(device, ownsHandle: false);
    }
}
