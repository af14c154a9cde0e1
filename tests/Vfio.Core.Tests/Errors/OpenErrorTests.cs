using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Each step of opening a device, refused in each way the kernel has.</summary>
public sealed class OpenErrorTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    private string Container => _machine.Sysfs.Paths.ContainerNode;

    private string Group => _machine.Sysfs.Paths.GroupNode(7);

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(Errno.ENOENT, VfioErrorKind.NoVfio, "modprobe vfio-pci")]
    [InlineData(Errno.ENODEV, VfioErrorKind.NoVfio, "modprobe vfio-pci")]
    [InlineData(Errno.EACCES, VfioErrorKind.PermissionDenied, "Run as root")]
    [InlineData(Errno.EPERM, VfioErrorKind.PermissionDenied, "device list")]
    [InlineData(Errno.EMFILE, VfioErrorKind.Refused, "ulimit -n")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "kernel log")]
    public void Opening_the_container(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "open", errno, Container, remedy, nameof(IVfioKernel.Open));

    [Theory]
    [InlineData(Errno.ENOENT, VfioErrorKind.NodeMissing, "udev")]
    [InlineData(Errno.ENODEV, VfioErrorKind.NodeMissing, "udev")]
    [InlineData(Errno.EACCES, VfioErrorKind.PermissionDenied, "Run as root")]
    [InlineData(Errno.EPERM, VfioErrorKind.PermissionDenied, "device list")]
    [InlineData(Errno.EBUSY, VfioErrorKind.GroupBusy, "fuser")]
    [InlineData(Errno.ENFILE, VfioErrorKind.Refused, "ulimit -n")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "kernel log")]
    public void Opening_the_group(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "open", errno, Group, remedy, nameof(IVfioKernel.Open), skip: 1);

    [Theory]
    [InlineData(Errno.EPERM, VfioErrorKind.UnsafeInterrupts, "allow_unsafe_interrupts")]
    [InlineData(Errno.ENODEV, VfioErrorKind.NoIommuModel, "vfio_iommu_type1")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "kernel log")]
    public void Choosing_the_model(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "VFIO_SET_IOMMU", errno, Container, remedy, nameof(IVfioKernel.SetIommu));

    [Theory]
    [InlineData("VFIO_SET_IOMMU", nameof(IVfioKernel.SetIommu), Errno.EPERM)]
    [InlineData("VFIO_GROUP_SET_CONTAINER", nameof(IVfioKernel.SetContainer), Errno.EINVAL)]
    public void Dma_that_the_firmware_keeps_is_told_apart(string step, string method, int errno)
    {
        File.WriteAllText(
            Path.Combine(_machine.Sysfs.Paths.IommuGroups, "7", "reserved_regions"),
            "0x00000000000e0000 0x00000000000fffff direct\n0x00000000fee00000 0x00000000feefffff msi\n");
        string subject = method == nameof(IVfioKernel.SetIommu) ? Container : Group;
        AssertOpen(VfioErrorKind.FirmwareReservedDma, step, errno, subject, "firmware", method);
    }

    [Theory]
    [InlineData(Errno.EPERM, VfioErrorKind.GroupNotViable, "Unbind")]
    [InlineData(Errno.EBUSY, VfioErrorKind.GroupBusy, "cdev")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "kernel log")]
    public void Putting_the_group_into_the_container(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "VFIO_GROUP_SET_CONTAINER", errno, Group, remedy, nameof(IVfioKernel.SetContainer));

    [Theory]
    [InlineData(Errno.ENODEV, VfioErrorKind.NotBoundToVfio, "bound")]
    [InlineData(Errno.EBUSY, VfioErrorKind.GroupBusy, "cdev")]
    [InlineData(Errno.EACCES, VfioErrorKind.TokenRequired, "physical function")]
    [InlineData(Errno.EPERM, VfioErrorKind.GroupNotViable, "interrupt remapping")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "kernel log")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "D3cold")]
    public void Getting_the_device(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "VFIO_GROUP_GET_DEVICE_FD", errno, FakeMachine.Address, remedy, nameof(IVfioKernel.GetDeviceFd));

    [Theory]
    [InlineData(nameof(IVfioKernel.GetGroupStatus), "VFIO_GROUP_GET_STATUS")]
    public void Asking_the_group(string method, string step)
        => AssertOpen(VfioErrorKind.Refused, step, Errno.ENOTTY, Group, "node", method);

    [Fact]
    public void Asking_the_container()
    {
        AssertOpen(VfioErrorKind.NoVfio, "VFIO_GET_API_VERSION", Errno.ENOTTY, Container, "node", nameof(IVfioKernel.GetApiVersion));
        AssertOpen(VfioErrorKind.Refused, "VFIO_IOMMU_GET_INFO", Errno.EFAULT, Container, "device", nameof(IVfioKernel.GetIommuInfo));
    }

    [Theory]
    [InlineData(nameof(IVfioKernel.GetDeviceInfo), "VFIO_DEVICE_GET_INFO")]
    [InlineData(nameof(IVfioKernel.GetRegionInfo), "VFIO_DEVICE_GET_REGION_INFO of region 0")]
    [InlineData(nameof(IVfioKernel.GetIrqInfo), "VFIO_DEVICE_GET_IRQ_INFO of index 0")]
    public void Asking_the_device(string method, string step)
        => AssertOpen(VfioErrorKind.Refused, step, Errno.ENXIO, FakeMachine.Address, "kernel log", method);

    [Fact]
    public void An_unknown_version_of_the_interface_is_named()
    {
        _machine.Kernel.ApiVersion = 1;
        VfioException error = ErrorAssert.Refused(VfioErrorKind.NoVfio, "VFIO_GET_API_VERSION", 0, Container, () => _machine.Open());
        Assert.Contains("version 1", error.Message, StringComparison.Ordinal);
        _machine.AssertClean();
    }

    [Fact]
    public void A_container_without_a_known_model_is_refused()
    {
        _machine.Kernel.Extensions.Clear();
        ErrorAssert.Refused(VfioErrorKind.NoIommuModel, "VFIO_CHECK_EXTENSION", 0, Container, () => _machine.Open());
        _machine.AssertClean();
    }

    [Fact]
    public void A_model_that_was_asked_for_and_is_missing_is_named()
    {
        _machine.Kernel.Extensions.Remove((uint)VFIO_TYPE1v2_IOMMU);
        using AddressSpace space = _machine.CreateSpace(new AddressSpaceOptions { Backend = VfioBackend.Type1V2 });
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NoIommuModel, "VFIO_CHECK_EXTENSION", 0, Container, () => _machine.Open(space: space));
        Assert.Contains("Type1V2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_one_is_taken_where_there_is_no_version_two()
    {
        _machine.Kernel.Extensions.Remove((uint)VFIO_TYPE1v2_IOMMU);
        using VfioDevice device = _machine.Open();
        Assert.Equal(VfioBackend.Type1V1, device.Backend);
    }

    [Fact]
    public void An_address_without_a_function_is_refused()
        => ErrorAssert.Refused(
            VfioErrorKind.NoSuchDevice, "open", 0, "0000:00:1f.7", () => _machine.Open("0000:00:1f.7"));

    [Theory]
    [InlineData(null, "no driver")]
    [InlineData("e1000e", "e1000e")]
    public void A_function_that_is_not_bound_is_refused(string? driver, string named)
    {
        _machine.Sysfs.Bind(FakeMachine.Address, driver);
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NotBoundToVfio, "open", 0, FakeMachine.Address, () => _machine.Open());
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("DriverBinding.Bind", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_driver_of_VFIO_is_taken()
    {
        _machine.Sysfs.Bind(FakeMachine.Address, "mlx5_vfio_pci");
        _machine.Open().Dispose();
        _machine.AssertClean();
    }

    [Fact]
    public void A_function_without_an_IOMMU_is_refused()
    {
        _machine.Sysfs.AddFunction("0000:01:00.0", group: null, "vfio-pci");
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NoIommu, "open", 0, "0000:01:00.0", () => _machine.Open("0000:01:00.0"));
        Assert.Contains("intel_iommu=on", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_of_the_no_IOMMU_mode_is_refused()
    {
        _machine.Sysfs.NameGroup(7, "vfio-noiommu");
        ErrorAssert.Refused(VfioErrorKind.NoIsolation, "open", 0, FakeMachine.Address, () => _machine.Open());
        Assert.Equal(0, _machine.Kernel.Faults.Total);
    }

    [Fact]
    public void An_address_that_is_none_is_a_format_error()
        => Assert.Throws<FormatException>(() => VfioDevice.Open("00:03"));

    [Fact]
    public void A_disposed_address_space_is_refused()
    {
        AddressSpace space = _machine.CreateSpace();
        space.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _machine.Open(space: space));
        _machine.AssertClean();
    }

    private void AssertOpen(
        VfioErrorKind kind, string step, int errno, string subject, string remedy, string method, int skip = 0)
    {
        _machine.Kernel.Faults.FailNext(method, errno, skip);
        VfioException error = ErrorAssert.Refused(kind, step, errno, subject, () => _machine.Open());
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        _machine.AssertClean();
        _machine.Kernel.Faults.Clear();
        _machine.Open().Dispose();
        _machine.AssertClean();
    }
}
