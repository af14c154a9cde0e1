using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Errors;

/// <summary>Wrong numbers and descriptors given to the kernel's device nodes: a named error, and a device that still works.</summary>
public sealed class CdevErrorTests
{
    [Fact]
    public void Attaching_to_a_wrong_number_is_named_and_leaves_the_device_usable()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaBuffer buffer = taken.Device.Dma.Allocate(8192, Edu.BufferOptions);
        var attachment = (CdevAttachment)taken.Device.Attachment;
        IommufdHandle iommufd = ((IoasBackend)taken.Device.Dma.Iommu).Ioas.Iommufd;
        using (var wrong = new IommufdObject(iommufd, 4711))
        {
            VfioException refusal = Assert.Throws<VfioException>(() => attachment.Attach(taken.Device.Dma, wrong));
            Assert.Equal(VfioErrorKind.NoSuchObject, refusal.Kind);
            Assert.Equal(Errno.ENOENT, refusal.Errno);
        }

        buffer.Write32(0, 0x600d_600d);
        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + 4096);
        Assert.Equal(0x600d_600du, buffer.Read32(4096));
    }

    [Fact]
    public unsafe void Binding_twice_or_to_a_wrong_descriptor_is_refused_and_leaves_the_device_usable()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        HostDevice device = HostDevice.Find(VfioHost.Local, address);
        LinuxKernel kernel = LinuxKernel.Instance;
        int cdev = kernel.Open(HostPaths.Root.DeviceNode(device.Node!), Libc.O_RDWR | Libc.O_CLOEXEC);
        int iommufd = kernel.Open(HostPaths.Root.IommufdNode, Libc.O_RDWR | Libc.O_CLOEXEC);
        int none = kernel.Open("/dev/null", Libc.O_RDWR | Libc.O_CLOEXEC);
        try
        {
            var bind = new vfio_device_bind_iommufd { argsz = (uint)sizeof(vfio_device_bind_iommufd), iommufd = none };
            VfioException wrong = CdevErrors.Bind(device.Name, device, VfioHost.Local.Pci, hasToken: false, -kernel.BindIommufd(cdev, &bind));
            Assert.Contains("none of iommufd's", wrong.Message, StringComparison.Ordinal);

            bind.iommufd = iommufd;
            Assert.Equal(0, kernel.BindIommufd(cdev, &bind));
            VfioException twice = CdevErrors.Bind(device.Name, device, VfioHost.Local.Pci, hasToken: false, -kernel.BindIommufd(cdev, &bind));
            Assert.Equal(VfioErrorKind.GroupBusy, twice.Kind);

            // By another descriptor, as another process would.
            Assert.Equal(VfioErrorKind.GroupBusy, Assert.Throws<VfioException>(() => Mode.Open(address)).Kind);
            var info = new vfio_device_info { argsz = (uint)sizeof(vfio_device_info) };
            Assert.Equal(0, kernel.GetDeviceInfo(cdev, &info));
        }
        finally
        {
            _ = kernel.Close(cdev);
            _ = kernel.Close(iommufd);
            _ = kernel.Close(none);
        }

        Mode.Open(address).Dispose();
    }

    [Fact]
    public void A_process_address_space_id_that_the_device_lacks_is_refused()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        AddressSpace dma = taken.Device.Dma;

        // Emulated VT-d refuses the table already, other IOMMUs the id.
        VfioException refusal = Assert.Throws<VfioException>(() =>
        {
            using HardwarePageTable table = dma.AllocatePageTable(taken.Device, new HardwarePageTableOptions { AllowPasid = true });
            taken.Device.AttachPasid(1, table);
        });
        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
        Assert.Equal(VfioErrorKind.NoSuchObject, Assert.Throws<VfioException>(() => taken.Device.DetachPasid(1)).Kind);
        Assert.Equal(0, taken.Device.GetIommuInfo().PasidBits);
    }

    [Fact]
    public void A_group_and_its_device_are_not_open_in_two_ways()
    {
        Mode.RequireIommu();
        Assert.SkipUnless(File.Exists("/dev/iommu"), "needs a kernel with device nodes");
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        using VfioDevice device = Mode.Open(address);

        // As another process would.
        var elsewhere = new VfioHost(LinuxKernel.Instance, HostPaths.Root, Mode.IsIommufd ? "type1" : "iommufd");
        VfioException refusal = Assert.Throws<VfioException>(() => VfioDevice.Open(elsewhere, address, options: null));

        Assert.Equal(VfioErrorKind.GroupBusy, refusal.Kind);
    }
}
