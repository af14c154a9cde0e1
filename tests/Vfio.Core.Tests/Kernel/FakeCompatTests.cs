using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The fake kernel's other containers: an iommufd, version 1 of type1, and those without an IOMMU.</summary>
public sealed unsafe class FakeCompatTests
{
    private const string Mediated = "c9abdcb5-5279-413a-9057-c81d2605ce9c";

    [Theory]
    [InlineData((uint)VFIO_TYPE1_IOMMU)]
    [InlineData((uint)VFIO_TYPE1v2_IOMMU)]
    public void An_iommufd_stands_in_for_a_container_and_keeps_the_mappings(uint model)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Compat);
        FakeKernel kernel = machine.Kernel;
        var iommufd = new RawIommufd(machine);
        Assert.Equal(-Errno.ENODEV, kernel.SetIommu(iommufd.Fd, model));
        int group = iommufd.Open(machine.GroupNode(7));
        Assert.Equal(-Errno.EINVAL, kernel.GetDeviceFd(group, FakeMachine.Address));
        Assert.Equal(0, kernel.SetContainer(group, iommufd.Fd));
        Assert.Equal(0, kernel.SetIommu(iommufd.Fd, model));
        int device = kernel.GetDeviceFd(group, FakeMachine.Address);
        Assert.Equal(0, iommufd.GetDeviceInfo(device));
        Assert.Equal(-Errno.EINVAL, iommufd.Bind(device, out _));
        Assert.Equal(-Errno.ENOTTY, iommufd.Attach(device, 1));
        Assert.Equal(0, Map(kernel, iommufd.Fd, 0x10_0000, 0x4000));
        Assert.Equal(-Errno.EEXIST, Map(kernel, iommufd.Fd, 0x10_1000, 0x1000));
        Assert.Equal((0, 0UL), Unmap(kernel, iommufd.Fd, 0x80_0000, 0x1000));
        bool cuts = model == VFIO_TYPE1_IOMMU;
        Assert.Equal(cuts ? (0, 0x1000UL) : (-Errno.ENOENT, 0UL), Unmap(kernel, iommufd.Fd, 0x10_1000, 0x1000));
        Assert.Equal(cuts ? 2 : 1, kernel.Mappings.Count);
        kernel.Close(device);
        kernel.Close(group);
        Assert.Equal(cuts ? 2 : 1, kernel.Mappings.Count);
        kernel.Close(iommufd.Fd);
        machine.AssertClean();
    }

    [Fact]
    public void The_container_node_can_be_the_iommufd()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CompatUnderContainerNode);
        int container = machine.Kernel.Open(machine.Sysfs.Paths.ContainerNode, Libc.O_CLOEXEC);
        Assert.Equal(["container"], machine.Kernel.OpenKinds);
        Assert.Equal((int)VFIO_API_VERSION, machine.Kernel.GetApiVersion(container));
        Assert.Equal(1, machine.Kernel.CheckExtension(container, VFIO_TYPE1v2_IOMMU));
        Assert.Equal(-Errno.ENODEV, Map(machine.Kernel, container, 0, 0x1000));
    }

    [Fact]
    public void Version_1_takes_a_mapping_by_its_first_address_and_nothing_by_another()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        FakeKernel kernel = machine.Kernel;
        (int container, int group) = Join(machine, VFIO_TYPE1_IOMMU);
        Assert.Equal(0, Map(kernel, container, 0x10_0000, 0x4000));
        Assert.Equal((0, 0UL), Unmap(kernel, container, 0x10_1000, 0x1000));
        Assert.Single(kernel.Mappings);
        Assert.Equal((0, 0x4000UL), Unmap(kernel, container, 0x10_0000, 0x1000));
        Assert.Empty(kernel.Mappings);
        kernel.Close(group);
        kernel.Close(container);
        machine.AssertClean();
    }

    [Fact]
    public void A_container_without_an_IOMMU_maps_nothing_and_takes_no_other_group()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.ContainersOnly | FakeInterfaces.NoIommu);
        FakeKernel kernel = machine.Kernel;
        Assert.EndsWith("noiommu-7", machine.GroupNode(7), StringComparison.Ordinal);
        (int container, int group) = Join(machine, VFIO_NOIOMMU_IOMMU);
        Assert.Equal(0, kernel.CheckExtension(container, VFIO_TYPE1v2_IOMMU));
        Assert.Equal(1, kernel.CheckExtension(container, VFIO_NOIOMMU_IOMMU));
        Assert.Equal(-Errno.ENOTTY, Map(kernel, container, 0, 0x1000));
        machine.AddMediated(Mediated, 8);
        int other = kernel.Open(machine.GroupNode(8), Libc.O_CLOEXEC);
        Assert.Equal(-Errno.EPERM, kernel.SetContainer(other, container));
        Assert.True(kernel.GetDeviceFd(group, FakeMachine.Address) >= 0);
        kernel.MayRawIo = false;
        Assert.Equal(-Errno.EPERM, kernel.Open(machine.GroupNode(7), Libc.O_CLOEXEC));
    }

    [Fact]
    public void A_device_without_an_IOMMU_has_physical_addresses_in_its_space()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly | FakeInterfaces.NoIommu);
        Assert.EndsWith("noiommu-vfio0", machine.CdevNode(), StringComparison.Ordinal);
        var iommufd = new RawIommufd(machine);
        uint ioas = iommufd.AllocateIoas();
        Assert.Equal(0, iommufd.Map(ioas, 0x10_0000, 0x8000));
        ulong length = 0x8000;
        Assert.Equal(-Errno.EOPNOTSUPP, iommufd.GetPhysical(ioas, 0x10_0000, ref length, out _));
        (_, int cdev) = iommufd.Take();
        Assert.Equal(0, iommufd.Attach(cdev, ioas));
        Assert.Equal([(0, ulong.MaxValue)], iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(0, iommufd.GetPhysical(ioas, 0x10_0000, ref length, out ulong first));
        Assert.Equal(0x4000UL, length);
        length = 0x800;
        Assert.Equal(0, iommufd.GetPhysical(ioas, 0x10_4010, ref length, out ulong second));
        Assert.Equal((0x800UL, first + 0x5010), (length, second));
        Assert.Equal(-Errno.ENOENT, iommufd.GetPhysical(ioas, 0x20_0000, ref length, out _));
        machine.Kernel.MayRawIo = false;
        Assert.Equal(-Errno.EPERM, iommufd.GetPhysical(ioas, 0x10_0000, ref length, out _));
        Assert.Equal(-Errno.EPERM, iommufd.OpenCdev());
    }

    [Fact]
    public void A_mediated_device_attaches_to_spaces_alone()
    {
        using var machine = new FakeMachine(FakeInterfaces.Both);
        machine.AddMediated(Mediated, 9);
        var iommufd = new RawIommufd(machine);
        uint ioas = iommufd.AllocateIoas();
        (uint id, int cdev) = iommufd.Take(Mediated);
        Assert.Equal(-Errno.ENOENT, iommufd.Attach(cdev, id));
        uint table = ioas;
        Assert.Equal(0, iommufd.Attach(cdev, ref table));
        Assert.Equal(ioas, table);
        Assert.Equal(-Errno.EBUSY, iommufd.Destroy(ioas));
        Assert.Equal([(0, ulong.MaxValue)], iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(4096UL, iommufd.GetRanges(ioas).Alignment);
        Assert.Equal(-Errno.ENOENT, iommufd.AllocateHwpt(id, ioas, RawIommufd.Plain, out _));
        machine.Kernel.Close(cdev);
        Assert.Equal(0, iommufd.Destroy(ioas));
    }

    [Fact]
    public void Files_show_what_the_machine_has()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        string folder = machine.AddMediated(Mediated, 9).Name;
        Assert.True(Directory.Exists(Path.Combine(machine.Sysfs.Folder(FakeMachine.Address), "vfio-dev", "vfio0")));
        Assert.True(Directory.Exists(Path.Combine(machine.Sysfs.Paths.MediatedDevices, folder, "vfio-dev", "vfio1")));
        Assert.True(Directory.Exists(Path.Combine(machine.Sysfs.Paths.MediatedDevices, folder, "iommu_group", "devices", folder)));
        Assert.Contains("vfio-dev", File.ReadAllText(machine.Sysfs.Paths.CharacterDevices), StringComparison.Ordinal);
        Assert.Equal("N\n", File.ReadAllText(machine.Sysfs.Paths.NoIommuParameter));
        using FakeMachine older = FakeMachine.WithDevice();
        Assert.False(Directory.Exists(Path.Combine(older.Sysfs.Folder(FakeMachine.Address), "vfio-dev")));
    }

    [Theory]
    [InlineData("0000:00:03.0", Errno.EACCES)]
    [InlineData("0000:00:03.0 vf_token=00000000-0000-0000-0000-000000000000", Errno.EACCES)]
    [InlineData("0000:00:03.0 vf_token=nonsense", Errno.EINVAL)]
    [InlineData("0000:00:03.0 other=1", Errno.EINVAL)]
    [InlineData("0000:00:04.0", Errno.ENODEV)]
    [InlineData("0000:00:03.0 vf_token=bd8d9d2b-5a5f-4f5a-a211-f591514ba1f3", 0)]
    public void The_name_of_a_virtual_function_comes_with_a_token(string name, int errno)
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        FakeDevice physical = machine.Add("0000:00:02.0", 6);
        physical.Token = Guid.Parse("bd8d9d2b-5a5f-4f5a-a211-f591514ba1f3");
        (machine.Device.IsVirtual, machine.Device.Physical) = (true, physical);
        (_, int group) = Join(machine, VFIO_TYPE1v2_IOMMU);
        int result = machine.Kernel.GetDeviceFd(group, name);
        Assert.Equal(-errno, Math.Min(result, 0));
        Assert.Equal(errno == 0 ? 1 : 0, physical.TokenUsers);
    }

    private static (int Container, int Group) Join(FakeMachine machine, uint model)
    {
        int container = machine.Kernel.Open(machine.Sysfs.Paths.ContainerNode, Libc.O_CLOEXEC);
        int group = machine.Kernel.Open(machine.GroupNode(7), Libc.O_CLOEXEC);
        Assert.Equal(0, machine.Kernel.SetContainer(group, container));
        Assert.Equal(0, machine.Kernel.SetIommu(container, model));
        return (container, group);
    }

    private static int Map(FakeKernel kernel, int container, ulong iova, ulong size)
    {
        var map = new vfio_iommu_type1_dma_map
        {
            argsz = (uint)sizeof(vfio_iommu_type1_dma_map),
            flags = (uint)(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE),
            vaddr = RawIommufd.Memory,
            iova = iova,
            size = size,
        };
        return kernel.MapDma(container, &map);
    }

    private static (int Result, ulong Size) Unmap(FakeKernel kernel, int container, ulong iova, ulong size)
    {
        var unmap = new vfio_iommu_type1_dma_unmap { argsz = (uint)sizeof(vfio_iommu_type1_dma_unmap), iova = iova, size = size };
        int result = kernel.UnmapDma(container, &unmap);
        return (result, unmap.size);
    }
}
