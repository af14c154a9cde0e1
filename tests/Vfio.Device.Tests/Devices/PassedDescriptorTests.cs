using Microsoft.Win32.SafeHandles;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>Descriptors that somebody else has opened: a service manager the nodes, or another process the device.</summary>
public sealed class PassedDescriptorTests
{
    [Fact]
    public void Nodes_that_were_opened_elsewhere_are_used_and_left_open()
    {
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using SafeFileHandle spaceNode = Open(Mode.IsVfioContainer || !Mode.HasMappings ? "/dev/vfio/vfio" : "/dev/iommu");
        using SafeFileHandle deviceNode = Open(DeviceNode(address));
        for (int round = 0; round < 2; round++)
        {
            using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions with { Node = spaceNode, Backend = Mode.Backend });
            using VfioDevice device = VfioDevice.Open(
                address, Mode.DeviceOptions with { AddressSpace = space, Node = deviceNode });
            Assert.Equal(Mode.Backend, device.Backend);
            Assert.Equal(0x1234, device.Config.VendorId);
            using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        }

        Assert.False(deviceNode.IsClosed);
    }

    [Fact]
    public void The_kind_of_a_passed_node_chooses_the_back_end()
    {
        Mode.RequireIommu();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using SafeFileHandle node = Open(DeviceNode(address));

        using VfioDevice device = VfioDevice.Open(
            address, new VfioDeviceOptions { Node = node, Backend = Mode.IsIommufd || Mode.IsVfioContainer ? null : Mode.Backend });

        Assert.Equal(Mode.Backend, device.Backend);
    }

    [Fact]
    public void A_device_that_is_open_already_is_taken_as_it_is()
    {
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using VfioDevice owner = Mode.Open(address);
        using var descriptor = new SafeFileHandle(((KernelDevice)owner.Transport).DangerousDescriptor, ownsHandle: false);

        // As another process would: this one knows that the device is open here.
        var elsewhere = new VfioHost(LinuxKernel.Instance, HostPaths.Root);
        using VfioDevice device = VfioDevice.Open(elsewhere, address, Mode.DeviceOptions with { Node = descriptor });
        Assert.False(device.IsAttached);
        Assert.False(device.Lifetime.IsWatched);
        Assert.Throws<InvalidOperationException>(() => device.Dma);
        device.Config.Command |= PciCommand.Memory | PciCommand.BusMaster;
        using MappedRegion registers = device.Regions.Bar(0).Map();
        Assert.Equal(0x010000edu, registers.Read32(0));
        using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        registers.Write32(0x60, 1);
        Assert.Equal(1ul, msi[0].Wait(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void A_device_that_is_open_already_does_dma_through_what_its_opener_used()
    {
        Mode.RequireIommu();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using SafeFileHandle spaceNode = Open(Mode.IsVfioContainer ? "/dev/vfio/vfio" : "/dev/iommu");
        var options = new AddressSpaceOptions { Node = spaceNode, Backend = Mode.Backend };
        using AddressSpace first = AddressSpace.Create(options);
        using VfioDevice owner = Mode.Open(address, first);
        using var descriptor = new SafeFileHandle(((KernelDevice)owner.Transport).DangerousDescriptor, ownsHandle: false);

        var elsewhere = new VfioHost(LinuxKernel.Instance, HostPaths.Root);
        using AddressSpace second = AddressSpace.Create(elsewhere, options);
        using VfioDevice device = VfioDevice.Open(
            elsewhere, address, new VfioDeviceOptions { Node = descriptor, AddressSpace = second });
        using var edu = new Edu(device);
        using DmaBuffer buffer = second.Allocate(8192, Edu.BufferOptions);
        buffer.Write32(0, 0x7ea5_e77e);
        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + 4096);
        Assert.Equal(0x7ea5_e77eu, buffer.Read32(4096));
    }

    [Fact]
    public void Address_spaces_of_one_passed_iommufd_go_together()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using SafeFileHandle iommufd = Open("/dev/iommu");
        var options = new AddressSpaceOptions { Node = iommufd };
        using AddressSpace first = AddressSpace.Create(options);
        using AddressSpace second = AddressSpace.Create(options);
        using var taken = new Taken(TestDevice.Edu(), first);

        taken.Device.Attach(second);

        Assert.Same(second, taken.Device.Dma);
    }

    [Fact]
    public void A_descriptor_of_something_else_is_refused()
    {
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using SafeFileHandle wrong = Open("/dev/null");

        Assert.Throws<VfioException>(() => AddressSpace.Create(Mode.SpaceOptions with { Node = wrong }));
        VfioException refusal = Assert.Throws<VfioException>(
            () => VfioDevice.Open(address, Mode.DeviceOptions with { Node = wrong }));
        Assert.NotEmpty(refusal.Remedy);
        Mode.Open(address).Dispose();
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static string DeviceNode(PciAddress address)
    {
        HostDevice device = HostDevice.Find(VfioHost.Local, address);
        HostPaths paths = HostPaths.Root;
        return Mode.IsIommufd ? paths.DeviceNode(device.Node!)
            : Mode.IsNoIommu ? paths.NoIommuGroupNode(device.Group!.Value)
            : paths.GroupNode(device.Group!.Value);
    }
}
