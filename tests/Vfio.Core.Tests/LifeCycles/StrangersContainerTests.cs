using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>A container that came with a group in it goes on without the library, which takes away what it mapped and nothing else.</summary>
public sealed class StrangersContainerTests
{
    private const ulong Theirs = 0x4000_0000;

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, false)]
    [InlineData(FakeInterfaces.ContainersOnly, true)]
    [InlineData(FakeInterfaces.Compat, false)]
    [InlineData(FakeInterfaces.Compat, true)]
    public void What_others_have_mapped_stays_and_the_rest_goes(FakeInterfaces interfaces, bool unmapAll)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        bool compat = interfaces == FakeInterfaces.Compat;
        using SafeFileHandle container = machine.Lend(compat ? machine.Sysfs.Paths.IommufdNode : machine.Sysfs.Paths.ContainerNode);
        using SafeFileHandle group = machine.Lend(machine.GroupNode(7));
        using SafeFileHandle opened = OpenAsStranger(machine, container, group);
        AddressSpace space = machine.CreateSpace(
            new AddressSpaceOptions { Node = container, Backend = compat ? VfioBackend.CompatType1V2 : VfioBackend.Type1V2 });
        VfioDevice device = machine.Open(new VfioDeviceOptions { Node = opened, AddressSpace = space });
        DmaBuffer buffer = space.Allocate(4096);
        Assert.Equal(2, machine.Kernel.Mappings.Count);
        if (unmapAll)
        {
            space.UnmapAll();
            Assert.Equal(Theirs, Assert.Single(machine.Kernel.Mappings).Iova);
        }

        device.Dispose();
        space.Dispose();
        Assert.Equal(Theirs, Assert.Single(machine.Kernel.Mappings).Iova);
        Assert.False(buffer.Mapping.IsLive);
        buffer.Write32(0, 1);
        buffer.Dispose();
        Assert.Empty(machine.Kernel.Memory);
        machine.AssertClean();
        machine.TakeBack(opened);
        machine.TakeBack(group);
        machine.TakeBack(container);
        machine.AssertClean();
    }

    /// <summary>Opens the device all the way as another process would, and maps something for it.</summary>
    private static unsafe SafeFileHandle OpenAsStranger(FakeMachine machine, SafeHandle container, SafeHandle group)
    {
        int fd = (int)container.DangerousGetHandle();
        int groupFd = (int)group.DangerousGetHandle();
        Assert.Equal(0, machine.Kernel.SetContainer(groupFd, fd));
        machine.Device.Group.IsStrangers = true;
        Assert.Equal(0, machine.Kernel.SetIommu(fd, (uint)VFIO_TYPE1v2_IOMMU));
        int device = machine.Kernel.GetDeviceFd(groupFd, FakeMachine.Address);
        Assert.True(device >= 0);
        machine.Device.Group.IsStrangers = true;
        var map = new vfio_iommu_type1_dma_map
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_map),
            flags = (uint)VFIO_DMA_MAP_FLAG_READ,
            vaddr = RawIommufd.Memory,
            iova = Theirs,
            size = 4096,
        };
        Assert.Equal(0, machine.Kernel.MapDma(fd, &map));
        return new SafeFileHandle(device, ownsHandle: false);
    }
}
