using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Each step of opening a device with iommufd, or of moving it, refused in each way the kernel has.</summary>
public sealed class CdevErrorTests
{
    private const string Bind = "VFIO_DEVICE_BIND_IOMMUFD";
    private const string AttachStep = "VFIO_DEVICE_ATTACH_IOMMUFD_PT";

    [Theory]
    [InlineData(Errno.ENOENT, VfioErrorKind.NoVfio, "modprobe iommufd")]
    [InlineData(Errno.ENODEV, VfioErrorKind.NoVfio, "modprobe iommufd")]
    [InlineData(Errno.ENXIO, VfioErrorKind.NoVfio, "modprobe iommufd")]
    [InlineData(Errno.EACCES, VfioErrorKind.PermissionDenied, "Run as root")]
    [InlineData(Errno.EPERM, VfioErrorKind.PermissionDenied, "device list")]
    [InlineData(Errno.EMFILE, VfioErrorKind.Refused, "ulimit -n")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "kernel log")]
    public void Opening_iommufd(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "open", errno, static paths => paths.IommufdNode, remedy, nameof(IVfioKernel.Open));

    [Theory]
    [InlineData(Errno.ENOENT, VfioErrorKind.NodeMissing, "devtmpfs")]
    [InlineData(Errno.ENXIO, VfioErrorKind.NodeMissing, "devtmpfs")]
    [InlineData(Errno.ENODEV, VfioErrorKind.NodeMissing, "devtmpfs")]
    [InlineData(Errno.EACCES, VfioErrorKind.PermissionDenied, "Run as root")]
    [InlineData(Errno.EPERM, VfioErrorKind.PermissionDenied, "device list")]
    [InlineData(Errno.ENFILE, VfioErrorKind.Refused, "ulimit -n")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "kernel log")]
    public void Opening_the_device_node(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, "open", errno, static paths => paths.DeviceNode("vfio0"), remedy, nameof(IVfioKernel.Open), skip: 1);

    [Theory]
    [InlineData(Errno.EBUSY, VfioErrorKind.GroupBusy, "fuser")]
    [InlineData(Errno.EINVAL, VfioErrorKind.GroupBusy, "fuser")]
    [InlineData(Errno.EACCES, VfioErrorKind.TokenRequired, "VfioDeviceOptions.Token")]
    [InlineData(Errno.EBADF, VfioErrorKind.Refused, "AddressSpaceOptions.Node")]
    [InlineData(Errno.EBADFD, VfioErrorKind.Refused, "AddressSpaceOptions.Node")]
    [InlineData(Errno.EPERM, VfioErrorKind.UnsafeInterrupts, "allow_unsafe_interrupts")]
    [InlineData(Errno.ENODEV, VfioErrorKind.NotBoundToVfio, "still bound")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "D3cold")]
    public void Binding(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, Bind, errno, static _ => FakeMachine.Address, remedy, nameof(IVfioKernel.BindIommufd));

    [Theory]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.EBUSY)]
    public void A_group_whose_other_members_are_the_hosts_is_not_viable(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        machine.Add("0000:00:03.1", 7);
        machine.Sysfs.Bind("0000:00:03.1", "e1000e");
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.BindIommufd), errno);
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.GroupNotViable, Bind, errno, FakeMachine.Address, () => machine.Open());
        Assert.Contains("0000:00:03.1", error.Remedy, StringComparison.Ordinal);
        machine.AssertClean();
    }

    [Fact]
    public void Dma_that_the_firmware_keeps_is_told_apart()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        File.WriteAllText(
            Path.Combine(machine.Sysfs.Paths.IommuGroups, "7", "reserved_regions"),
            "0x00000000000e0000 0x00000000000fffff direct\n");
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.BindIommufd), Errno.EPERM);
        ErrorAssert.Refused(
            VfioErrorKind.FirmwareReservedDma, Bind, Errno.EPERM, FakeMachine.Address, () => machine.Open());
        machine.AssertClean();
    }

    [Theory]
    [InlineData(Errno.EACCES)]
    [InlineData(Errno.EINVAL)]
    public void A_token_that_does_not_fit(int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.BindIommufd), errno);
        VfioException error = Assert.Throws<VfioException>(
            () => machine.Open(new VfioDeviceOptions { Token = Guid.Parse("bd8d9d2b-5a5f-4f5a-a211-f591514ba1f3") }));
        Assert.Equal((VfioErrorKind.TokenRequired, Bind, errno), (error.Kind, error.Step, error.Errno));
        machine.AssertClean();
    }

    [Theory]
    [InlineData(Errno.ENOENT, VfioErrorKind.NoSuchObject, "bound to")]
    [InlineData(Errno.EADDRINUSE, VfioErrorKind.Refused, "address space of its own")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "address space of its own")]
    [InlineData(Errno.EPERM, VfioErrorKind.UnsafeInterrupts, "allow_unsafe_interrupts")]
    [InlineData(Errno.ENOMEM, VfioErrorKind.OutOfMemory, "map less")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "kernel log")]
    public void Attaching(int errno, VfioErrorKind kind, string remedy)
        => AssertOpen(kind, AttachStep, errno, static _ => FakeMachine.Address, remedy, nameof(IVfioKernel.AttachIommufd));

    [Theory]
    [InlineData(Errno.EOPNOTSUPP, VfioErrorKind.NotSupported)]
    [InlineData(Errno.ENOTTY, VfioErrorKind.NotSupported)]
    [InlineData(Errno.ENOENT, VfioErrorKind.Refused)]
    [InlineData(Errno.ENOMEM, VfioErrorKind.OutOfMemory)]
    [InlineData(Errno.EIO, VfioErrorKind.Refused)]
    public void Making_an_address_space(int errno, VfioErrorKind kind)
        => AssertOpen(kind, "IOMMU_IOAS_ALLOC", errno, static paths => paths.IommufdNode, string.Empty, nameof(IVfioKernel.AllocateIoas));

    [Theory]
    [InlineData(Errno.EOPNOTSUPP, VfioErrorKind.NotSupported)]
    [InlineData(Errno.ENOTTY, VfioErrorKind.NotSupported)]
    [InlineData(Errno.EIO, VfioErrorKind.Refused)]
    public void Asking_for_the_ranges(int errno, VfioErrorKind kind)
        => AssertOpen(kind, "IOMMU_IOAS_IOVA_RANGES", errno, static paths => paths.IommufdNode, string.Empty, nameof(IVfioKernel.GetIovaRanges));

    [Theory]
    [InlineData(Errno.EPERM, VfioErrorKind.PermissionDenied, "CAP_SYS_RESOURCE")]
    [InlineData(Errno.EBUSY, VfioErrorKind.Refused, "nobody has used")]
    [InlineData(Errno.EOPNOTSUPP, VfioErrorKind.Refused, "default")]
    public void Setting_an_option(int errno, VfioErrorKind kind, string remedy)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        AddressSpaceOptions[] all =
        [
            new() { Backend = VfioBackend.Iommufd, Accounting = MemoryAccounting.Process },
            new() { Backend = VfioBackend.Iommufd, LargePages = false },
        ];
        foreach (AddressSpaceOptions options in all)
        {
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Option), errno);
            VfioException error = ErrorAssert.Refused(
                kind, "IOMMU_OPTION", errno, machine.Sysfs.Paths.IommufdNode, () => machine.CreateSpace(options));
            Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
            machine.AssertClean();
        }
    }

    [Theory]
    [InlineData(Errno.EADDRINUSE, VfioErrorKind.IovaOutOfRange, "AddressSpace.Ranges")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "overlap")]
    public void Setting_addresses_aside(int errno, VfioErrorKind kind, string remedy)
        => AssertSpace(
            kind,
            "IOMMU_IOAS_ALLOW_IOVAS",
            errno,
            remedy,
            nameof(IVfioKernel.AllowIovas),
            static space => space.AllowIovas(new IovaRange(new Iova(0x1000), new Iova(0x1fff))));

    [Theory]
    [InlineData(Errno.EINVAL, VfioErrorKind.NotSupported, "MapFile")]
    [InlineData(Errno.ENOTTY, VfioErrorKind.NotSupported, "newer kernel")]
    [InlineData(Errno.ENOMEM, VfioErrorKind.MemoryLockLimit, "ulimit -l")]
    [InlineData(Errno.EBUSY, VfioErrorKind.Refused, "again")]
    public void Taking_the_accounting_over(int errno, VfioErrorKind kind, string remedy)
        => AssertSpace(
            kind, "IOMMU_IOAS_CHANGE_PROCESS", errno, remedy, nameof(IVfioKernel.ChangeProcess), static space => space.TakeOverAccounting());

    [Theory]
    [InlineData(Errno.EEXIST, VfioErrorKind.OverlappingMapping, "Unmap")]
    [InlineData(Errno.ENOMEM, VfioErrorKind.OutOfMemory, "")]
    [InlineData(Errno.EFAULT, VfioErrorKind.Refused, "pages")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "page size")]
    public void Mapping(int errno, VfioErrorKind kind, string remedy)
        => AssertSpace(kind, "IOMMU_IOAS_MAP", errno, remedy, nameof(IVfioKernel.MapIoas), static space => space.Allocate(4096));

    [Theory]
    [InlineData(Errno.EPERM, VfioErrorKind.PermissionDenied, "CAP_SYS_RAWIO")]
    [InlineData(Errno.ENOTTY, VfioErrorKind.NotSupported, "Linux 7.3")]
    [InlineData(Errno.EOPNOTSUPP, VfioErrorKind.NotSupported, "Linux 7.3")]
    [InlineData(Errno.EIO, VfioErrorKind.Refused, "kernel log")]
    public void Asking_for_a_physical_address(int errno, VfioErrorKind kind, string remedy)
    {
        using FakeMachine machine = FakeMachine.WithDevice(Interfaces.NoIommuCdev);
        using (VfioDevice device = machine.Open())
        {
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.GetPhysicalAddress), errno);
            VfioException error = ErrorAssert.Refused(
                kind, "IOMMU_IOAS_NOIOMMU_GET_PA", errno, machine.Sysfs.Paths.IommufdNode, () => device.Dma.Allocate(4096));
            Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
            Assert.Empty(machine.Kernel.Mappings);
            Assert.Empty(machine.Kernel.Memory);
        }

        machine.AssertClean();
    }

    [Fact]
    public void Memory_that_lies_in_pieces_and_addresses_that_are_chosen_are_refused_without_an_IOMMU()
    {
        using FakeMachine machine = FakeMachine.WithDevice(Interfaces.NoIommuCdev);
        using (VfioDevice device = machine.Open())
        {
            VfioException error = Assert.Throws<VfioException>(() => device.Dma.Allocate(0x8000));
            Assert.Equal(VfioErrorKind.NotSupported, error.Kind);
            Assert.Contains("0x4000", error.Message, StringComparison.Ordinal);
            error = Assert.Throws<VfioException>(() => device.Dma.Allocate(4096, new DmaBufferOptions { Iova = new Iova(0x10_0000) }));
            Assert.Equal(VfioErrorKind.NotSupported, error.Kind);
            error = Assert.Throws<VfioException>(() => device.Dma.Allocate(4096, new DmaBufferOptions { AddressBits = 24 }));
            Assert.Equal(VfioErrorKind.IovaExhausted, error.Kind);
            Assert.Empty(machine.Kernel.Mappings);
            Assert.Empty(machine.Kernel.Memory);
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData(Errno.EOPNOTSUPP, VfioErrorKind.NotSupported)]
    [InlineData(Errno.EIO, VfioErrorKind.Refused)]
    public void Asking_for_the_hardware(int errno, VfioErrorKind kind)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using VfioDevice device = machine.Open();
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.GetHardwareInfo), errno);
        ErrorAssert.Refused(kind, "IOMMU_GET_HW_INFO", errno, FakeMachine.Address, () => device.GetIommuInfo());
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly)]
    [InlineData(FakeInterfaces.Compat)]
    public void A_container_says_what_it_cannot(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        int calls = machine.Kernel.Faults.Total;
        Action[] all =
        [
            () => device.Dma.AllowIovas(new IovaRange(new Iova(0x1000), new Iova(0x1fff))),
            device.Dma.TakeOverAccounting,
            () => device.GetIommuInfo(),
            () => device.DetachPasid(1),
        ];
        foreach (Action call in all)
        {
            VfioException error = Assert.Throws<VfioException>(call);
            Assert.Equal((VfioErrorKind.NotSupported, 0), (error.Kind, error.Errno));
            Assert.NotEmpty(error.Remedy);
        }

        Assert.Equal(calls, machine.Kernel.Faults.Total);
    }

    private static void AssertSpace(
        VfioErrorKind kind, string step, int errno, string remedy, string method, Action<AddressSpace> call)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using (VfioDevice device = machine.Open())
        {
            machine.Kernel.Faults.FailNext(method, errno);
            VfioException error = ErrorAssert.Refused(kind, step, errno, machine.Sysfs.Paths.IommufdNode, () => call(device.Dma));
            Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
            Assert.Equal(0, device.Dma.MappingCount);
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    private static void AssertOpen(
        VfioErrorKind kind, string step, int errno, Func<HostPaths, string> subject, string remedy, string method, int skip = 0)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        machine.Kernel.Faults.FailNext(method, errno, skip);
        VfioException error = ErrorAssert.Refused(
            kind, step, errno, subject(machine.Sysfs.Paths), () => machine.Open(new VfioDeviceOptions { Backend = VfioBackend.Iommufd }));
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        machine.AssertClean();
        machine.Open().Dispose();
        machine.AssertClean();
    }
}
