using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Registers by calls and by mapping: the same bytes, and nothing outside of them.</summary>
public sealed class RegionTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private VfioDevice? _device;

    private FakeRegion Bar0 => _machine.Device.Regions[0]!;

    private VfioDevice Device => _device ??= _machine.Open();

    public void Dispose()
    {
        _device?.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    public static TheoryData<bool> MappedOrNot { get; } = new(true, false);

    [Theory]
    [MemberData(nameof(MappedOrNot))]
    public void Every_width_reaches_its_bytes(bool mapped)
    {
        IRegisterAccess registers = Registers(mapped);
        registers.Write64(8, 0x8877_6655_4433_2211);
        Assert.Equal([0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88], Bar0.Peek(8, 8));
        Assert.Equal(0x8877_6655_4433_2211, registers.Read64(8));
        Assert.Equal(0x4433_2211u, registers.Read32(8));
        Assert.Equal(0x4433, registers.Read16(10));
        Assert.Equal(0x88, registers.Read8(15));
        registers.Write32(8, 1);
        registers.Write16(12, 2);
        registers.Write8(14, 3);
        Assert.Equal([1, 0, 0, 0, 2, 0, 3, 0x88], Bar0.Peek(8, 8));
        registers.Write64LowHigh(16, 0x1111_2222_3333_4444);
        registers.Write64HighLow(24, registers.Read64LowHigh(16));
        Assert.Equal(0x1111_2222_3333_4444UL, registers.Read64HighLow(24));
        Assert.Equal(FakeMachine.BarSize, registers.Length);
    }

    [Theory]
    [MemberData(nameof(MappedOrNot))]
    public void An_access_outside_or_between_never_reaches_the_device(bool mapped)
    {
        IRegisterAccess registers = Registers(mapped);
        int calls = _machine.Kernel.Faults.Total;
        foreach (long offset in (long[])[-1, -4, long.MinValue, FakeMachine.BarSize, FakeMachine.BarSize - 2, long.MaxValue, 1L << 40])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => registers.Read32(offset));
            Assert.Throws<ArgumentOutOfRangeException>(() => registers.Write64(offset, 0));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Read8(FakeMachine.BarSize));
        Assert.Throws<ArgumentException>(() => registers.Read32(2));
        Assert.Throws<ArgumentException>(() => registers.Write64(4, 0));
        Assert.Throws<ArgumentException>(() => registers.Write16(1, 0));
        Assert.Equal(calls, _machine.Kernel.Faults.Total);
    }

    [Fact]
    public void Holes_between_mappable_areas_are_reached_by_calls()
    {
        Bar0.Capabilities = new AnswerTail(32)
            .Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, 2, 0, 0x1000, 0, 0x1000, 0, 0x3000, 0, 0x1000, 0)
            .ToArray();
        using MappedRegion region = Device.Regions.Bar(0).Map();
        Assert.Equal([new RegionArea(0x1000, 0x1000), new RegionArea(0x3000, 0x1000)], region.Areas);
        for (int offset = 0; offset < FakeMachine.BarSize; offset += 0xffc)
        {
            int aligned = offset & ~3;
            bool mapped = (aligned & 0x1000) != 0;
            int calls = _machine.Kernel.Faults.Total;
            region.Write32(aligned, (uint)aligned);
            Assert.Equal((uint)aligned, region.Read32(aligned));
            Assert.Equal(mapped ? 0 : 2, _machine.Kernel.Faults.Total - calls);
            Assert.Equal(BitConverter.GetBytes(aligned), Bar0.Peek(aligned, 4));
        }
    }

    [Theory]
    [MemberData(nameof(MappedOrNot))]
    public void Blocks_are_copied_word_by_word_or_not_at_all(bool mapped)
    {
        IRegisterAccess registers = Registers(mapped);
        registers.Write32(8, [1, 2, 3]);
        Assert.Equal([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0], Bar0.Peek(8, 13));
        uint[] words = new uint[3];
        registers.Read32(8, words);
        Assert.Equal([1u, 2u, 3u], words);
        registers.Write64(FakeMachine.BarSize - 16, [ulong.MaxValue, 5]);
        ulong[] longs = new ulong[2];
        registers.Read64(FakeMachine.BarSize - 16, longs);
        Assert.Equal([ulong.MaxValue, 5], longs);
        registers.Read64(FakeMachine.BarSize, []);

        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Write64(FakeMachine.BarSize - 16, [1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Write32(-4, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => registers.Write32(2, [1]));
        Assert.Throws<ArgumentException>(() => registers.Read64(4, longs));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Read32(long.MaxValue & ~3, words));
        Assert.Equal(ulong.MaxValue, registers.Read64(FakeMachine.BarSize - 16));
    }

    [Fact]
    public void A_block_may_lie_across_a_hole()
    {
        Bar0.Capabilities = new AnswerTail(32)
            .Add(VFIO_REGION_INFO_CAP_SPARSE_MMAP, 2, 0, 0x1000, 0, 0x1000, 0, 0x3000, 0, 0x1000, 0)
            .ToArray();
        using MappedRegion region = Device.Regions.Bar(0).Map();
        uint[] words = [.. Enumerable.Range(1, (int)FakeMachine.BarSize / sizeof(uint)).Select(static i => (uint)i)];
        region.Write32(0, words);
        uint[] read = new uint[words.Length];
        region.Read32(0, read);
        Assert.Equal(words, read);
        Assert.Equal(0x3000u / 4 + 1, region.Register32(0x3000).Read());
        Assert.Equal(0x2000u / 4 + 1, region.Register32(0x2000).Read());
        region.Register64(0x2008).Write(0x1_0000_0002);
        Assert.Equal(2u, region.Register32(0x2008).Read());
        Assert.Equal(0x1_0000_0002u, region.Register64(0x2008).Read());
        Assert.Throws<ArgumentException>(() => region.Register32(0x2002));
    }

    [Fact]
    public void A_register_of_a_region_that_is_not_mapped_is_reached_by_calls()
    {
        IRegisterAccess registers = Device.Regions.Bar(0);
        Register32 doorbell = registers.Register32(4);
        Register64 wide = registers.Register64(8);
        doorbell.Write(7);
        wide.Write(0x1_0000_0002);
        Assert.Equal(7u, doorbell.Read());
        Assert.Equal(0x1_0000_0002u, wide.Read());
        Assert.Equal([7, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0], Bar0.Peek(4, 12));
        Assert.Throws<ArgumentException>(() => registers.Register32(2));
        Assert.Throws<ArgumentException>(() => registers.Register64(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Register32(FakeMachine.BarSize));
        Assert.Throws<ArgumentOutOfRangeException>(() => registers.Register64(-8));
        Assert.Throws<ArgumentNullException>(() => ((IRegisterAccess)null!).Register32(0));

        Device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => doorbell.Read());
        Assert.Throws<ObjectDisposedException>(() => wide.Write(9));
    }

    [Fact]
    public void A_register_of_whatever_is_mapped_needs_no_calls()
    {
        using MappedRegion region = Device.Regions.Bar(0).Map();
        IRegisterAccess registers = region;
        Register32 doorbell = registers.Register32(4);
        registers.Register64(8).Write(5);
        doorbell.Write(7);
        Assert.Equal([7, 0, 0, 0, 5, 0, 0, 0], Bar0.Peek(4, 8));
        Assert.Throws<ArgumentException>(() => registers.Register64(4));
    }

    [Fact]
    public void A_register_by_itself_is_checked_once_and_outlives_its_device_harmlessly()
    {
        MappedRegion region = Device.Regions.Bar(0).Map();
        Register32 doorbell = region.Register32(4);
        Register64 wide = region.Register64(8);
        doorbell.Write(7);
        wide.Write(ulong.MaxValue);
        Assert.Equal(7u, region.Read32(4));
        Assert.Equal(7u, doorbell.Read());
        Assert.Equal(ulong.MaxValue, wide.Read());
        Assert.Throws<ArgumentException>(() => region.Register32(2));
        Assert.Throws<ArgumentException>(() => region.Register64(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Register32(FakeMachine.BarSize));
        Assert.Throws<ArgumentOutOfRangeException>(() => region.Register64(-8));

        Device.Dispose();
        Assert.Throws<ObjectDisposedException>(() => doorbell.Read());
        Assert.Throws<ObjectDisposedException>(() => doorbell.Write(9));
        Assert.Throws<ObjectDisposedException>(() => wide.Read());
        Assert.Throws<ObjectDisposedException>(() => wide.Write(9));
        Assert.Equal([7, 0, 0, 0], Bar0.Peek(4, 4));
        Assert.Throws<ObjectDisposedException>(() => region.Register32(4));
        GC.KeepAlive(region);
    }

    [Fact]
    public void A_region_that_cannot_be_mapped_says_so()
    {
        AssertUnmappable(2, "cannot be mapped");
        AssertUnmappable(5, "no region 5");
        _device!.Dispose();
        _device = null;
        Bar0.Flags &= ~(uint)VFIO_REGION_INFO_FLAG_WRITE;
        AssertUnmappable(0, "cannot be mapped");
    }

    [Theory]
    [InlineData(0, Errno.ENOMEM, VfioErrorKind.OutOfMemory, "memory")]
    [InlineData(1, Errno.EBUSY, VfioErrorKind.Refused, "frame buffer")]
    [InlineData(1, Errno.EINVAL, VfioErrorKind.Refused, "without mapping")]
    public void A_refused_mapping_leaves_no_addresses_behind(int skip, int errno, VfioErrorKind kind, string remedy)
    {
        DeviceRegion bar = Device.Regions.Bar(0);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapMemory), errno, skip);
        VfioException error = Assert.Throws<VfioException>(bar.Map);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        Assert.Empty(_machine.Kernel.Memory);
        bar.Map().Dispose();
    }

    [Fact]
    public void A_mapping_that_is_disposed_lets_the_device_close_when_memory_is_short()
    {
        MappedRegion region = Device.Regions.Bar(0).Map();
        Register32 register = region.Register32(0);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapMemory), Errno.ENOMEM);
        region.Dispose();
        Assert.Throws<ObjectDisposedException>(() => region.Read32(0));
        Assert.Throws<ObjectDisposedException>(() => register.Read());
        Assert.Throws<ObjectDisposedException>(() => register.Write(1));

        // The addresses stay with the object, for threads that are past their check.
        Assert.Single(_machine.Kernel.Memory);
        GC.KeepAlive(region);
    }

    [Fact]
    public void Bytes_are_read_and_written_in_as_many_calls_as_it_takes()
    {
        Bar0.MaxTransfer = 3;
        byte[] bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        Device.Regions.Bar(0).Write(5, bytes);
        Assert.Equal(bytes, Bar0.Peek(5, 8));
        byte[] read = new byte[8];
        Device.Regions.Bar(0).Read(5, read);
        Assert.Equal(bytes, read);
        Device.Regions.Bar(0).Read(FakeMachine.BarSize, []);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Regions.Bar(0).Read(FakeMachine.BarSize - 7, read));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Regions.Bar(0).Write(-1, bytes));
    }

    [Theory]
    [InlineData(Errno.EIO, "PciCommand.Memory")]
    [InlineData(Errno.EINVAL, "size and flags")]
    public void A_refused_access_names_the_region_and_the_offset(int errno, string remedy)
    {
        DeviceRegion bar = Device.Regions.Bar(0);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ReadAt), errno);
        VfioException error = ErrorAssert.Refused(VfioErrorKind.Refused, "pread", errno, FakeMachine.Address, () => bar.Read32(0x10));
        Assert.Contains("region 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("0x10", error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.WriteAt), errno);
        ErrorAssert.Refused(VfioErrorKind.Refused, "pwrite", errno, FakeMachine.Address, () => bar.Write32(0x10, 0));
    }

    [Fact]
    public void A_device_that_reads_nothing_does_not_hang_the_reader()
    {
        Bar0.MaxTransfer = 0;
        Assert.Throws<VfioException>(() => Device.Regions.Bar(0).Read32(0));
    }

    [Fact]
    public void Regions_are_found_by_name_and_number()
    {
        Assert.Equal(9, Device.Regions.Count);
        Assert.Equal(7, Device.Regions.Config.Index);
        Assert.Equal(6, Device.Regions.Rom.Index);
        Assert.False(Device.Regions.Rom.IsPresent);
        Assert.True(Device.Regions.Bar(0).IsPresent);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Regions.Bar(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Regions[9]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Regions[-1]);
    }

    [Fact]
    public void Configuration_space_has_its_registers()
    {
        _machine.Device.Config.Poke(0, 0x34, 0x12, 0xe8, 0x11, 0x06, 0x04, 0, 0, 0x10, 0x02, 0x00, 0xff);
        Assert.Equal(0x1234, Device.Config.VendorId);
        Assert.Equal(0x11e8, Device.Config.DeviceId);
        Assert.Equal(0xff0002u, Device.Config.ClassCode);
        Assert.Equal(PciCommand.Memory | PciCommand.BusMaster | PciCommand.InterruptDisable, Device.Config.Command);
        Device.Config.Command |= PciCommand.IO;
        Assert.Equal([0x07, 0x04], _machine.Device.Config.Peek(4, 2));
        Device.Config.Write32(0x10, 0x1234_5678);
        Device.Config.Write16(0x14, 0x9abc);
        Device.Config.Write8(0x16, 0xde);
        byte[] bytes = new byte[7];
        Device.Config.Read(0x10, bytes);
        Assert.Equal([0x78, 0x56, 0x34, 0x12, 0xbc, 0x9a, 0xde], bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Config.Read32(4096));
        Assert.Throws<ArgumentException>(() => Device.Config.Read32(2));
    }

    private void AssertUnmappable(int index, string problem)
    {
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NotSupported, "mmap", 0, FakeMachine.Address, () => Device.Regions[index].Map());
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private IRegisterAccess Registers(bool mapped) => mapped ? Device.Regions.Bar(0).Map() : Device.Regions.Bar(0);
}
