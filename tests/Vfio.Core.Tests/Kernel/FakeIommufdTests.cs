using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The fake kernel answers as the kernel's iommufd does, so that what is tested against it is tested.</summary>
public sealed unsafe class FakeIommufdTests : IDisposable
{
    private const uint ReadWrite = RawIommufd.Read | RawIommufd.Write;

    private static readonly Guid _token = Guid.Parse("bd8d9d2b-5a5f-4f5a-a211-f591514ba1f3");

    private readonly FakeMachine _machine = FakeMachine.WithDevice(FakeInterfaces.Both);
    private readonly RawIommufd _iommufd;

    public FakeIommufdTests() => _iommufd = new RawIommufd(_machine);

    private FakeKernel Kernel => _machine.Kernel;

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void A_structure_that_is_too_small_is_refused_and_a_larger_one_must_end_in_zeros()
    {
        byte* bytes = stackalloc byte[64];
        new Span<byte>(bytes, 64).Clear();
        var command = (iommu_ioas_alloc*)bytes;
        command->size = (uint)sizeof(iommu_ioas_alloc) - 1;
        Assert.Equal(-Errno.EINVAL, Kernel.AllocateIoas(_iommufd.Fd, command));
        command->size = 64;
        Assert.Equal(0, Kernel.AllocateIoas(_iommufd.Fd, command));
        Assert.Equal(1u, command->out_ioas_id);
        bytes[63] = 1;
        Assert.Equal(-Errno.E2BIG, Kernel.AllocateIoas(_iommufd.Fd, command));
    }

    [Fact]
    public void Objects_are_destroyed_once_and_not_while_they_have_users()
    {
        uint ioas = _iommufd.AllocateIoas();
        (uint device, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.AllocateHwpt(device, ioas, RawIommufd.Plain, out uint table));
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(device));
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(ioas));
        Assert.Equal(0, _iommufd.Attach(cdev, table));
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(table));
        Assert.Equal(0, _iommufd.Detach(cdev));
        Assert.Equal(0, _iommufd.Destroy(table));
        Assert.Equal(0, _iommufd.Destroy(ioas));
        Assert.Equal(-Errno.ENOENT, _iommufd.Destroy(99));
        Assert.Empty(Kernel.Violations);
        Assert.Equal(-Errno.ENOENT, _iommufd.Destroy(ioas));
        Assert.Single(Kernel.Violations);
    }

    [Fact]
    public void The_right_order_of_closing_is_no_violation_and_any_other_is()
    {
        uint ioas = _iommufd.AllocateIoas();
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Kernel.Close(cdev);
        Assert.Equal(0, _iommufd.Destroy(ioas));
        Kernel.Close(_iommufd.Fd);
        _machine.AssertClean();

        var other = new RawIommufd(_machine);
        ioas = other.AllocateIoas();
        (_, cdev) = other.Take();
        Assert.Equal(0, other.Attach(cdev, ioas));
        Kernel.Close(other.Fd);
        Assert.Equal(2, Kernel.Violations.Count);
        Kernel.Close(cdev);
        Assert.Empty(Kernel.OpenKinds);
    }

    [Fact]
    public void Ranges_are_everything_until_a_device_is_attached()
    {
        uint ioas = _iommufd.AllocateIoas();
        Assert.Equal([(0, ulong.MaxValue)], _iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(1UL, _iommufd.GetRanges(ioas).Alignment);
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Assert.Equal(Kernel.Ranges, _iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(4096UL, _iommufd.GetRanges(ioas).Alignment);
        var (result, ranges, count, _) = _iommufd.GetRanges(ioas, room: 1);
        Assert.Equal((-Errno.EMSGSIZE, 2u), (result, count));
        Assert.Equal(Kernel.Ranges[..1], ranges);
        Assert.Equal(0, _iommufd.Detach(cdev));
        Assert.Equal([(0, ulong.MaxValue)], _iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(-Errno.ENOENT, _iommufd.GetRanges(99).Result);
    }

    [Fact]
    public void A_mapping_in_the_way_keeps_a_device_out()
    {
        uint ioas = _iommufd.AllocateIoas();
        Assert.Equal(0, _iommufd.Map(ioas, 0xfee0_0000));
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(-Errno.EADDRINUSE, _iommufd.Attach(cdev, ioas));
        Assert.Equal(0, _iommufd.Unmap(ioas, 0xfee0_0000, 4096, out _));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0010, 16, address: RawIommufd.Memory + 16));
        Assert.Equal(-Errno.EADDRINUSE, _iommufd.Attach(cdev, ioas));
        Assert.Equal([(0, ulong.MaxValue)], _iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(0, _iommufd.Unmap(ioas, 0, ulong.MaxValue, out _));
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
    }

    [Theory]
    [InlineData(0x1000UL, 4096UL, 8u, Errno.EOPNOTSUPP)]
    [InlineData(ulong.MaxValue, 4096UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EOVERFLOW)]
    [InlineData(0x1000UL, ulong.MaxValue, RawIommufd.Fixed | RawIommufd.Read, Errno.EOVERFLOW)]
    [InlineData(0x1000UL, 4096UL, RawIommufd.Fixed, Errno.EINVAL)]
    [InlineData(0x1000UL, 0UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EINVAL)]
    [InlineData(0x1001UL, 4096UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EINVAL)]
    [InlineData(0x1000UL, 4097UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EINVAL)]
    [InlineData(0xffff_ffff_ffff_f000UL, 8192UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EOVERFLOW)]
    [InlineData(0xfee0_0000UL, 4096UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EINVAL)]
    [InlineData(1UL << 48, 4096UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EINVAL)]
    [InlineData(0x10_1000UL, 4096UL, RawIommufd.Fixed | RawIommufd.Read, Errno.EEXIST)]
    public void Maps_are_refused_as_the_kernel_refuses_them(ulong iova, ulong length, uint flags, int errno)
    {
        uint ioas = _iommufd.AllocateIoas();
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0000, 0x4000));
        Assert.Equal(-errno, _iommufd.Map(ioas, iova, length, flags));
        Assert.Equal(-Errno.ENOENT, _iommufd.Map(99, 0x1000));
        Assert.Single(Kernel.Mappings);
    }

    [Fact]
    public void Memory_counts_for_the_limit_once_hardware_needs_it_and_only_once()
    {
        Kernel.MemoryLockLimit = 0x4000;
        uint ioas = _iommufd.AllocateIoas();
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0000, 0x8000));
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(-Errno.ENOMEM, _iommufd.Attach(cdev, ioas));
        Assert.Equal(0, _iommufd.Unmap(ioas, 0, ulong.MaxValue, out ulong unmapped));
        Assert.Equal(0x8000UL, unmapped);
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0000, 0x4000));
        Assert.Equal(0, _iommufd.Copy(ioas, 0x10_0000, ioas, 0x20_0000, 0x4000));
        Assert.Equal(-Errno.ENOMEM, _iommufd.Map(ioas, 0x30_0000));
        Kernel.MayExceedMemoryLock = true;
        Assert.Equal(0, _iommufd.Map(ioas, 0x30_0000));
    }

    [Fact]
    public void The_kernel_chooses_addresses_that_are_aligned_free_and_allowed()
    {
        uint ioas = _iommufd.AllocateIoas();
        ulong iova = 0;
        Assert.Equal(0, _iommufd.Map(ioas, ref iova, 0x4000, ReadWrite, address: 0x7f00_8000));
        Assert.Equal(0x4000UL, iova);
        Assert.Equal(0, _iommufd.Map(ioas, ref iova, 0x1000, ReadWrite, address: 0x7f00_0040));
        Assert.Equal(0x1040UL, iova);
        Assert.Equal(-Errno.EINVAL, _iommufd.Allow(ioas, new iommu_iova_range { start = 1, last = 1 }));
        Assert.Equal(0, _iommufd.Allow(ioas, new iommu_iova_range { start = 0x80_0000, last = 0x80_0fff }));
        Assert.Equal(0, _iommufd.Map(ioas, ref iova, 0x1000, ReadWrite));
        Assert.Equal(0x80_0000UL, iova);
        Assert.Equal(-Errno.ENOSPC, _iommufd.Map(ioas, ref iova, 0x1000, ReadWrite));
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.Unmap(ioas, 0, ulong.MaxValue, out _));
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Assert.Equal(-Errno.EADDRINUSE, _iommufd.Allow(ioas, new iommu_iova_range { start = 0xfee0_0000, last = 0xfee0_0fff }));
    }

    [Fact]
    public void Unmapping_takes_whole_mappings_only()
    {
        uint ioas = _iommufd.AllocateIoas();
        Assert.Equal(0, _iommufd.Unmap(ioas, 0, ulong.MaxValue, out ulong unmapped));
        Assert.Equal(0UL, unmapped);
        Assert.Equal(-Errno.ENOENT, _iommufd.Unmap(ioas, 0x10_0000, 0x1000, out _));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0000, 0x2000));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_2000, 0x2000));
        Assert.Equal(-Errno.ENOENT, _iommufd.Unmap(ioas, 0x10_0000, 0x1000, out _));
        Assert.Equal(-Errno.EINVAL, _iommufd.Unmap(ioas, 0x10_0000, 0, out _));
        Assert.Equal(-Errno.EOVERFLOW, _iommufd.Unmap(ioas, 0x10_0000, ulong.MaxValue, out _));
        Assert.Equal(-Errno.EOVERFLOW, _iommufd.Unmap(ioas, 0x10_0000, ulong.MaxValue - 1, out _));
        Assert.Equal(0, _iommufd.Unmap(ioas, 0x0f_0000, 0x2_0000, out unmapped));
        Assert.Equal(0x4000UL, unmapped);
    }

    [Fact]
    public void Copies_are_of_what_is_mapped_and_never_gain_the_right_to_write()
    {
        uint source = _iommufd.AllocateIoas();
        uint target = _iommufd.AllocateIoas();
        Assert.Equal(0, _iommufd.Map(source, 0x10_0000, 0x2000, address: 0x7f00_0000));
        Assert.Equal(0, _iommufd.Map(source, 0x10_2000, 0x2000, RawIommufd.Fixed | RawIommufd.Read, address: 0x7e00_0000));
        Assert.Equal(-Errno.ENOENT, _iommufd.Copy(source, 0x10_3000, target, 0, 0x2000));
        Assert.Equal(-Errno.ENOENT, _iommufd.Copy(source, 0x10_0000, 99, 0, 0x1000));
        Assert.Equal(-Errno.EPERM, _iommufd.Copy(source, 0x10_1000, target, 0, 0x2000));
        Assert.Equal(0, _iommufd.Copy(source, 0x10_1000, target, 0, 0x2000, RawIommufd.Fixed | RawIommufd.Read));
        FakeIoas copied = Kernel.Iommufds[0].Get<FakeIoas>(target)!;
        Assert.Equal([0x7f00_1000UL, 0x7e00_0000UL], copied.Areas.Values.Select(static area => area.Source));
        Assert.Equal(-Errno.EEXIST, _iommufd.Copy(source, 0x10_0000, target, 0x1000, 0x1000));
    }

    [Fact]
    public void Files_are_mapped_within_their_length_and_alone_follow_to_another_process()
    {
        uint ioas = _iommufd.AllocateIoas();
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        int file = Kernel.CreateMemoryFile(0);
        Assert.Equal(0, Kernel.SetFileLength(file, 0x4000));
        Assert.Contains("memory", Kernel.OpenKinds);
        Assert.Equal(0, _iommufd.MapFile(ioas, file, 0x10_0000, 0x4000));
        Assert.Equal(-Errno.EINVAL, _iommufd.MapFile(ioas, file, 0x20_0000, 0x1000, start: 0x4000));
        Assert.Equal(-Errno.EINVAL, _iommufd.MapFile(ioas, cdev, 0x20_0000, 0x1000));
        Assert.Equal(0, _iommufd.ChangeProcess());
        Assert.Equal(0, _iommufd.Map(ioas, 0x20_0000));
        Assert.Equal(-Errno.EINVAL, _iommufd.ChangeProcess());
        Assert.Empty(Kernel.Violations);
        Assert.Equal(-Errno.EBADF, _iommufd.MapFile(ioas, 99, 0x30_0000, 0x1000));
        Assert.Single(Kernel.Violations);
    }

    [Fact]
    public void A_memory_file_is_real_memory()
    {
        int file = Kernel.CreateMemoryFile(0);
        Assert.Equal(0, Kernel.SetFileLength(file, 4096));
        int twin = Kernel.Duplicate(file);
        int protection = Libc.PROT_READ | Libc.PROT_WRITE;
        Assert.Equal(0, Kernel.MapMemory(null, 4096, protection, Libc.MAP_SHARED, file, 0, out nint first));
        Kernel.Close(file);
        Assert.Equal(0, Kernel.MapMemory(null, 4096, protection, Libc.MAP_SHARED, twin, 0, out nint second));
        *(int*)first = 0x1234;
        Assert.Equal(0x1234, *(int*)second);
        Assert.Equal(0, Kernel.UnmapMemory(first, 4096));
        Assert.Equal(0, Kernel.UnmapMemory(second, 4096));
        Kernel.Close(twin);
        Kernel.Close(_iommufd.Fd);
        _machine.AssertClean();
    }

    [Fact]
    public void Options_are_for_an_empty_table_and_for_spaces_without_mappings_in_hardware()
    {
        ulong value = 1;
        Assert.Equal(0, _iommufd.Option(iommufd_option.IOMMU_OPTION_RLIMIT_MODE, iommufd_option_ops.IOMMU_OPTION_OP_SET, ref value));
        uint ioas = _iommufd.AllocateIoas();
        Assert.Equal(
            -Errno.EBUSY, _iommufd.Option(iommufd_option.IOMMU_OPTION_RLIMIT_MODE, iommufd_option_ops.IOMMU_OPTION_OP_SET, ref value));
        Kernel.MayChooseAccounting = false;
        Assert.Equal(
            -Errno.EPERM, _iommufd.Option(iommufd_option.IOMMU_OPTION_RLIMIT_MODE, iommufd_option_ops.IOMMU_OPTION_OP_SET, ref value));
        (_, int cdev) = _iommufd.Take();
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0000));
        value = 0;
        Assert.Equal(
            -Errno.EINVAL, _iommufd.Option(iommufd_option.IOMMU_OPTION_HUGE_PAGES, iommufd_option_ops.IOMMU_OPTION_OP_SET, ref value, ioas));
        Assert.Equal(0, _iommufd.Option(iommufd_option.IOMMU_OPTION_HUGE_PAGES, iommufd_option_ops.IOMMU_OPTION_OP_GET, ref value, ioas));
        Assert.Equal(1UL, value);
    }

    [Fact]
    public void An_unbound_device_answers_nothing_but_a_bind()
    {
        int cdev = _iommufd.OpenCdev();
        Assert.Equal(-Errno.EINVAL, _iommufd.GetDeviceInfo(cdev));
        Assert.Equal(-Errno.EINVAL, Kernel.ResetDevice(cdev));
        Assert.Equal(-Errno.EINVAL, _iommufd.Attach(cdev, _iommufd.AllocateIoas()));
        int value;
        Assert.Equal(-Errno.EINVAL, Kernel.ReadAt(cdev, &value, 4, _machine.Device.Config.Offset));
        Assert.Equal(0, _iommufd.Bind(cdev, out _));
        Assert.Equal(0, _iommufd.GetDeviceInfo(cdev));
        Assert.Equal(4, Kernel.ReadAt(cdev, &value, 4, _machine.Device.Config.Offset));
    }

    [Fact]
    public void A_device_is_bound_once_and_to_an_iommufd()
    {
        int first = _iommufd.OpenCdev();
        int second = _iommufd.OpenCdev();
        Assert.Equal(-Errno.EINVAL, _iommufd.Bind(first, out _, iommufd: -1));
        Assert.Equal(-Errno.EBADFD, _iommufd.Bind(first, out _, iommufd: second));
        Assert.Equal(0, _iommufd.Bind(first, out _));
        Assert.Equal(-Errno.EINVAL, _iommufd.Bind(first, out _));
        Assert.Equal(-Errno.EINVAL, _iommufd.Bind(second, out _));
        Kernel.Close(first);
        Assert.Equal(0, _iommufd.Bind(second, out _));
        Kernel.Close(second);
        Assert.Empty(Kernel.Violations);
        int third = _iommufd.OpenCdev();
        Assert.Equal(-Errno.EBADF, _iommufd.Bind(third, out _, iommufd: 99));
        Assert.Single(Kernel.Violations);
    }

    [Fact]
    public void The_group_and_the_device_by_itself_exclude_each_other()
    {
        int cdev = _iommufd.OpenCdev();
        int group = _iommufd.Open(_machine.GroupNode(7));
        Assert.Equal(-Errno.EBUSY, _iommufd.Bind(cdev, out _));
        Kernel.Close(group);
        Assert.Equal(0, _iommufd.Bind(cdev, out _));
        Assert.Equal(-Errno.EBUSY, _iommufd.Open(_machine.GroupNode(7)));
        Kernel.Close(cdev);
        Assert.True(_iommufd.Open(_machine.GroupNode(7)) >= 0);
    }

    [Fact]
    public void A_group_in_other_hands_is_not_bound()
    {
        _machine.Add("0000:00:03.1", 7);
        _iommufd.Take();
        var other = new RawIommufd(_machine);
        Assert.Equal(-Errno.EPERM, other.Bind(other.OpenCdev("0000:00:03.1"), out _));
        Assert.Equal(0, _iommufd.Bind(_iommufd.OpenCdev("0000:00:03.1"), out _));
        _machine.Add("0000:00:04.0", 8).Group.Viable = false;
        Assert.Equal(-Errno.EPERM, _iommufd.Bind(_iommufd.OpenCdev("0000:00:04.0"), out _));
    }

    [Fact]
    public void Attaching_answers_with_the_page_table_and_replaces_the_one_before()
    {
        uint ioas = _iommufd.AllocateIoas();
        uint other = _iommufd.AllocateIoas();
        (uint device, int cdev) = _iommufd.Take();
        Assert.Equal(-Errno.ENOENT, _iommufd.Attach(cdev, 99));
        Assert.Equal(-Errno.EINVAL, _iommufd.Attach(cdev, device));
        uint table = ioas;
        Assert.Equal(0, _iommufd.Attach(cdev, ref table));
        FakeHwpt automatic = Assert.Single(Kernel.Iommufds[0].Tables);
        Assert.Equal(automatic.Id, table);
        Assert.Equal(0, _iommufd.Attach(cdev, other));
        Assert.NotSame(automatic, Assert.Single(Kernel.Iommufds[0].Tables));
        Assert.Equal(0, _iommufd.Destroy(ioas));
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(other));
        Kernel.Close(cdev);
        Assert.Equal(0, _iommufd.Destroy(other));
        Assert.Empty(Kernel.Iommufds[0].Objects);
    }

    [Fact]
    public void The_devices_of_a_group_have_one_page_table()
    {
        _machine.Add("0000:00:03.1", 7);
        uint ioas = _iommufd.AllocateIoas();
        uint other = _iommufd.AllocateIoas();
        (_, int first) = _iommufd.Take();
        (_, int second) = _iommufd.Take("0000:00:03.1");
        Assert.Equal(0, _iommufd.Attach(first, ioas));
        Assert.Equal(-Errno.EINVAL, _iommufd.Attach(second, other));
        Assert.Equal(0, _iommufd.Attach(second, ioas));
        Assert.Single(Kernel.Iommufds[0].Tables);
        Assert.Equal(0, _iommufd.Detach(first));
        Assert.Single(Kernel.Iommufds[0].Tables);
        Assert.Equal(Kernel.Ranges, _iommufd.GetRanges(ioas).Ranges);
        Assert.Equal(0, _iommufd.Detach(second));
        Assert.Empty(Kernel.Iommufds[0].Tables);
    }

    [Fact]
    public void A_PASID_wants_a_page_table_that_was_made_for_it()
    {
        _machine.Device.PasidWidth = 4;
        uint ioas = _iommufd.AllocateIoas();
        (uint device, int cdev) = _iommufd.Take();
        uint table = ioas;
        Assert.Equal(-Errno.EINVAL, _iommufd.Attach(cdev, ref table, pasid: 5));
        Assert.Equal(0, _iommufd.AllocateHwpt(device, ioas, iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_PASID, out table));
        Assert.Equal(-Errno.EINVAL, _iommufd.Attach(cdev, ref table, pasid: 16));
        Assert.Equal(0, _iommufd.Attach(cdev, ref table, pasid: 5));
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(table));
        Kernel.Close(cdev);
        Assert.Equal(0, _iommufd.Destroy(table));
    }

    [Fact]
    public void Dirty_pages_are_logged_and_cleared_with_the_reading()
    {
        const iommufd_hwpt_alloc_flags Tracking = iommufd_hwpt_alloc_flags.IOMMU_HWPT_ALLOC_DIRTY_TRACKING;
        uint ioas = _iommufd.AllocateIoas();
        (uint device, int cdev) = _iommufd.Take();
        _machine.Device.DirtyTracking = false;
        Assert.Equal(-Errno.EOPNOTSUPP, _iommufd.AllocateHwpt(device, ioas, Tracking, out _));
        _machine.Device.DirtyTracking = true;
        Assert.Equal(0, _iommufd.AllocateHwpt(device, ioas, RawIommufd.Plain, out uint plain));
        Assert.Equal(0, _iommufd.AllocateHwpt(device, ioas, Tracking, out uint table));
        Assert.Equal(0, _iommufd.Attach(cdev, table));
        Assert.Equal(0, _iommufd.Map(ioas, 0x10_0000, 0x1_0000));
        Assert.Equal(-Errno.EOPNOTSUPP, Track(plain));
        Assert.Equal(-Errno.ENOENT, Track(ioas));
        Assert.Equal(0, Track(table));
        Kernel.Touch(Kernel.Iommufds[0].Get<FakeHwpt>(table)!, 0x10_1800, 0x1000);
        Kernel.Touch(Kernel.Iommufds[0].Get<FakeHwpt>(table)!, 0x10_f000, 1);
        Assert.Equal((0, 0x8006UL), ReadLog(table, clear: false));
        Assert.Equal((0, 0x8006UL), ReadLog(table, clear: true));
        Assert.Equal((0, 0UL), ReadLog(table, clear: true));
        Assert.Equal(-Errno.EINVAL, ReadLog(table, clear: true, pageSize: 0).Result);
        Assert.Equal(-Errno.EOPNOTSUPP, ReadLog(plain, clear: true).Result);
    }

    [Fact]
    public void Hardware_information_is_cut_to_the_buffer_and_says_how_long_it_is()
    {
        _machine.Device.HardwareType = 1;
        _machine.Device.HardwareData = [1, 2, 3, 4];
        (uint device, _) = _iommufd.Take();
        byte* data = stackalloc byte[8];
        new Span<byte>(data, 8).Fill(0xff);
        iommu_hw_info info = Ask(2);
        Assert.Equal((4u, 1u), (info.data_len, info.out_data_type));
        Assert.Equal<byte>([1, 2, 0xff], new ReadOnlySpan<byte>(data, 3).ToArray());
        Assert.Equal((ulong)iommufd_hw_capabilities.IOMMU_HW_CAP_DIRTY_TRACKING, info.out_capabilities);
        Assert.Equal(4u, Ask(8).data_len);
        Assert.Equal<byte>([1, 2, 3, 4, 0, 0, 0, 0], new ReadOnlySpan<byte>(data, 8).ToArray());

        iommu_hw_info Ask(uint length)
        {
            var command = new iommu_hw_info
            {
                size = (uint)sizeof(iommu_hw_info),
                dev_id = device,
                data_len = length,
                data_uptr = (ulong)data,
            };
            Assert.Equal(0, Kernel.GetHardwareInfo(_iommufd.Fd, &command));
            return command;
        }
    }

    [Fact]
    public void Page_requests_are_read_in_groups_and_answered_by_cookie()
    {
        uint ioas = _iommufd.AllocateIoas();
        (uint device, int cdev) = _iommufd.Take();
        (uint queue, int faults) = _iommufd.AllocateQueue();
        const iommufd_hwpt_alloc_flags Faulting = iommufd_hwpt_alloc_flags.IOMMU_HWPT_FAULT_ID_VALID;
        Assert.Equal(-Errno.ENOENT, _iommufd.AllocateHwpt(device, ioas, Faulting, out _, queue: 99));
        Assert.Equal(0, _iommufd.AllocateHwpt(device, ioas, Faulting, out uint table, queue));
        Assert.Equal(0, _iommufd.Attach(cdev, table));
        iommu_hwpt_pgfault* records = stackalloc iommu_hwpt_pgfault[4];
        nuint one = (nuint)sizeof(iommu_hwpt_pgfault);
        Assert.Equal(0, Kernel.ReadQueue(faults, records, one));
        Assert.Equal(0, Kernel.PollRead(faults, 0));
        FakeFaultGroup group = Kernel.RequestPages(_machine.Device, 1, 0x1000, 0x2000)!;
        Assert.Equal(1, Kernel.PollRead(faults, 0));
        Assert.Equal(-Errno.ESPIPE, Kernel.ReadQueue(faults, records, one - 1));
        Assert.Equal(-Errno.EINVAL, Kernel.ReadQueue(faults, records, one));
        Assert.Equal((long)one * 2, Kernel.ReadQueue(faults, records, one * 4));
        Assert.Equal((device, 0x2000UL, records[0].cookie), (records[1].dev_id, records[1].addr, records[1].cookie));
        Assert.Equal(0, Kernel.PollRead(faults, 0));
        var answer = new iommu_hwpt_page_response { cookie = records[0].cookie, code = 7 };
        Assert.Equal(-Errno.EINVAL, Kernel.WriteQueue(faults, &answer, (nuint)sizeof(iommu_hwpt_page_response)));
        answer.code = 0;
        Assert.Equal(8, Kernel.WriteQueue(faults, &answer, (nuint)sizeof(iommu_hwpt_page_response)));
        Assert.Equal(0u, group.Answer);
        Assert.Equal(-Errno.EINVAL, Kernel.WriteQueue(faults, &answer, (nuint)sizeof(iommu_hwpt_page_response)));
        FakeFaultGroup late = Kernel.RequestPages(_machine.Device, 1, 0x3000)!;
        Kernel.Close(cdev);
        Assert.Equal(1u, late.Answer);
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(queue));
        Assert.Equal(0, _iommufd.Destroy(table));
        Assert.Equal(-Errno.EBUSY, _iommufd.Destroy(queue));
        Kernel.Close(faults);
        Assert.Equal(0, _iommufd.Destroy(queue));
        Assert.Equal(0, _iommufd.Destroy(ioas));
        Kernel.Close(_iommufd.Fd);
        _machine.AssertClean();
    }

    [Fact]
    public void Tokens_are_compulsory_where_a_physical_function_has_one_and_refused_elsewhere()
    {
        int cdev = _iommufd.OpenCdev();
        Assert.Equal(-Errno.EINVAL, _iommufd.Bind(cdev, out _, _token));
        FakeDevice physical = _machine.Add("0000:00:05.0", 9);
        physical.Token = Guid.NewGuid();
        FakeDevice virtualFunction = _machine.Add("0000:00:05.1", 10);
        (virtualFunction.IsVirtual, virtualFunction.Physical) = (true, physical);
        int owner = _iommufd.OpenCdev("0000:00:05.0");
        Assert.Equal(0, _iommufd.Bind(owner, out _, _token));
        int guest = _iommufd.OpenCdev("0000:00:05.1");
        Assert.Equal(-Errno.EACCES, _iommufd.Bind(guest, out _));
        Assert.Equal(-Errno.EACCES, _iommufd.Bind(guest, out _, Guid.NewGuid()));
        Assert.Equal(0, _iommufd.Bind(guest, out _, _token));
        Kernel.Close(owner);
        owner = _iommufd.OpenCdev("0000:00:05.0");
        Assert.Equal(-Errno.EACCES, _iommufd.Bind(owner, out _));
        Kernel.Close(guest);
        Assert.Equal(0, _iommufd.Bind(owner, out _));
    }

    [Fact]
    public void A_stranger_keeps_what_it_owns()
    {
        int stranger = Kernel.Adopt(_machine.Sysfs.Paths.IommufdNode);
        var alloc = new iommu_ioas_alloc { size = (uint)sizeof(iommu_ioas_alloc) };
        Assert.Equal(0, Kernel.AllocateIoas(stranger, &alloc));
        int own = Kernel.Duplicate(stranger);
        Assert.Equal(["iommufd", "iommufd"], Kernel.OpenKinds);
        Assert.Equal(2, Kernel.Iommufds.Count);
        Kernel.Close(own);
        Kernel.Close(_iommufd.Fd);
        _machine.AssertClean();
        Assert.Single(Kernel.Iommufds[0].Spaces);
        own = Kernel.Duplicate(stranger);
        Assert.Equal(0, Kernel.AllocateIoas(own, &alloc));
        Kernel.Close(own);
        Assert.Single(Kernel.Violations);
        Kernel.Abandon(stranger);
        Assert.Single(Kernel.Violations);
        Assert.Empty(Kernel.Iommufds);
    }

    [Fact]
    public void Features_are_probed_set_and_may_give_descriptors()
    {
        (_, int cdev) = _iommufd.Take();
        const uint Get = (uint)VFIO_DEVICE_FEATURE_GET;
        const uint Probe = (uint)VFIO_DEVICE_FEATURE_PROBE;
        const uint Dmabuf = (uint)VFIO_DEVICE_FEATURE_DMA_BUF;
        Assert.Equal(-Errno.ENOTTY, Feature(Dmabuf | Probe | Get, 16));
        Assert.Equal(-Errno.ENOTTY, Feature((uint)VFIO_DEVICE_FEATURE_PCI_VF_TOKEN | Probe, 16));
        _machine.Device.Features.Add(Dmabuf, new FakeFeature(Get, 16, (_, _) => Kernel.Export("dmabuf", 4096)));
        Assert.Equal(0, Feature(Dmabuf | Probe | Get, 0));
        Assert.Equal(-Errno.EINVAL, Feature(Dmabuf | Probe | (uint)VFIO_DEVICE_FEATURE_SET, 0));
        Assert.Equal(-Errno.EINVAL, Feature(Dmabuf, 16));
        Assert.Equal(-Errno.EINVAL, Feature(Dmabuf | Get, 8));
        int exported = Feature(Dmabuf | Get, 16);
        Assert.Contains("dmabuf", Kernel.OpenKinds);
        uint ioas = _iommufd.AllocateIoas();
        Assert.Equal(0, _iommufd.Attach(cdev, ioas));
        Assert.Equal(0, _iommufd.MapFile(ioas, exported, 0x10_0000, 4096));
        _machine.Device.Token = Guid.NewGuid();
        Assert.Equal(0, Feature((uint)(VFIO_DEVICE_FEATURE_PCI_VF_TOKEN | VFIO_DEVICE_FEATURE_SET), 16));
        Assert.Equal(Guid.Empty, _machine.Device.Token);

        int Feature(uint flags, int size)
        {
            byte* bytes = stackalloc byte[64];
            new Span<byte>(bytes, 64).Clear();
            var feature = (vfio_device_feature*)bytes;
            (feature->argsz, feature->flags) = ((uint)(8 + size), flags);
            return Kernel.DeviceFeature(cdev, feature);
        }
    }

    [Fact]
    public void Any_call_can_be_made_to_fail()
    {
        Kernel.Faults.FailNext(nameof(IVfioKernel.BindIommufd), Errno.EIO);
        int cdev = _iommufd.OpenCdev();
        Assert.Equal(-Errno.EIO, _iommufd.Bind(cdev, out _));
        Kernel.Faults.FailNext(nameof(IVfioKernel.MapIoas), Errno.EFAULT);
        Assert.Equal(-Errno.EFAULT, _iommufd.Map(_iommufd.AllocateIoas(), 0x1000));
        Kernel.Faults.FailNext(nameof(IVfioKernel.Duplicate), Errno.EMFILE);
        Assert.Equal(-Errno.EMFILE, Kernel.Duplicate(cdev));
        Kernel.Faults.FailNext(nameof(IVfioKernel.CreateMemoryFile), Errno.ENOMEM);
        Assert.Equal(-Errno.ENOMEM, Kernel.CreateMemoryFile(0));
    }

    private int Track(uint table)
    {
        var command = new iommu_hwpt_set_dirty_tracking
        {
            size = (uint)sizeof(iommu_hwpt_set_dirty_tracking),
            hwpt_id = table,
            flags = (uint)iommufd_hwpt_set_dirty_tracking_flags.IOMMU_HWPT_DIRTY_TRACKING_ENABLE,
        };
        return Kernel.SetDirtyTracking(_iommufd.Fd, &command);
    }

    private (int Result, ulong Bits) ReadLog(uint table, bool clear, ulong pageSize = 4096)
    {
        ulong bits = 0;
        var command = new iommu_hwpt_get_dirty_bitmap
        {
            size = (uint)sizeof(iommu_hwpt_get_dirty_bitmap),
            hwpt_id = table,
            flags = clear ? 0 : (uint)iommufd_hwpt_get_dirty_bitmap_flags.IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR,
            iova = 0x10_0000,
            length = 0x1_0000,
            page_size = pageSize,
            data = (ulong)&bits,
        };
        return (Kernel.GetDirtyBitmap(_iommufd.Fd, &command), bits);
    }
}
