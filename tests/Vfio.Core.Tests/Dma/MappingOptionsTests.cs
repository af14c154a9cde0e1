using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Where and how memory is mapped.</summary>
public sealed class MappingOptionsTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public MappingOptionsTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void The_lowest_free_address_above_64_KiB_is_chosen()
    {
        using DmaBuffer first = _device.Dma.Allocate(1);
        using DmaBuffer second = _device.Dma.Allocate(4097);
        Assert.Equal(new Iova(0x1_0000), first.Iova);
        Assert.Equal(4096, first.Length);
        Assert.Equal(new Iova(0x1_1000), second.Iova);
        Assert.Equal(8192, second.Length);
    }

    [Fact]
    public void Large_mappings_are_aligned_for_large_pages()
    {
        using DmaBuffer small = _device.Dma.Allocate(4096);
        using DmaBuffer large = _device.Dma.Allocate(2 << 20);
        Assert.Equal(0UL, large.Iova.Value % (2 << 20));
    }

    [Theory]
    [InlineData(DmaAccess.Read, 1u)]
    [InlineData(DmaAccess.Write, 2u)]
    [InlineData(DmaAccess.ReadWrite, 3u)]
    public void Access_and_alignment_reach_the_kernel(DmaAccess access, uint flags)
    {
        using DmaBuffer buffer = _device.Dma.Allocate(4096, new DmaBufferOptions { Access = access, Alignment = 1 << 24 });
        FakeMapping mapping = Assert.Single(Assert.Single(_machine.Kernel.Containers).Mappings.Values);
        Assert.Equal(flags, mapping.Flags);
        Assert.Equal((ulong)buffer.Address, mapping.Address);
        Assert.Equal(0UL, mapping.Iova % (1 << 24));
    }

    [Theory]
    [InlineData(0x1000_0000, 28, 0)]
    [InlineData(0x0fff_f000, 28, 0)]
    [InlineData(0x11000, 64, 0x2000)]
    public void An_address_that_contradicts_the_other_options_is_refused(ulong iova, int addressBits, long alignment)
        => Assert.Throws<ArgumentOutOfRangeException>(() => _device.Dma.Allocate(
            8192, new DmaBufferOptions { Iova = new Iova(iova), AddressBits = addressBits, Alignment = alignment }));

    [Fact]
    public void Advice_about_huge_pages_may_be_refused()
    {
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Advise), Errno.EINVAL);
        using DmaBuffer buffer = _device.Dma.Allocate(4096, new DmaBufferOptions { PageSize = DmaPageSize.Transparent });
    }

    [Fact]
    public void A_buffer_is_memory_of_every_width()
    {
        using DmaBuffer buffer = _device.Dma.Allocate(4096);
        Assert.Equal(-1, buffer.AsSpan().IndexOfAnyExcept((byte)0));
        buffer.Write64(8, 0x8877_6655_4433_2211);
        Assert.Equal(0x8877_6655_4433_2211, buffer.Read64(8));
        Assert.Equal(0x4433_2211u, buffer.Read32(8));
        Assert.Equal(0x4433, buffer.Read16(10));
        Assert.Equal(0x88, buffer.Read8(15));
        buffer.Write32(8, 1);
        buffer.Write16(12, 2);
        buffer.Write8(14, 3);
        Assert.Equal([1, 0, 0, 0, 2, 0, 3, 0x88], buffer.AsSpan(8, 8).ToArray());
        Assert.Equal(1u, buffer.AsSpan<uint>(8, 1)[0]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4096)]
    [InlineData(4093)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void An_access_outside_of_a_buffer_is_refused(long offset)
    {
        using DmaBuffer buffer = _device.Dma.Allocate(4096);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Read32(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Write64(offset, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsSpan(offset, 5));
    }

    [Fact]
    public void A_misaligned_access_is_refused()
    {
        using DmaBuffer buffer = _device.Dma.Allocate(4096);
        Assert.Equal("offset", Assert.Throws<ArgumentException>(() => buffer.Read32(2)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsSpan(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsSpan<uint>(0, -1));
    }

    [Fact]
    public void An_IOVA_counts_without_wrapping()
    {
        Assert.Equal(new Iova(0x1100), new Iova(0x1000) + 0x100);
        Assert.Equal(new Iova(0xf00), Iova.Add(new Iova(0x1000), -0x100));
        Assert.Equal(new Iova(0), new Iova(1UL << 63) + long.MinValue);
        Assert.Throws<OverflowException>(() => new Iova(ulong.MaxValue) + 1);
        Assert.Throws<OverflowException>(() => new Iova(0) + -1);
        Assert.True(new IovaRange(new Iova(0), new Iova(ulong.MaxValue)).Contains(new Iova(ulong.MaxValue), 1));
        Assert.False(new IovaRange(new Iova(0), new Iova(ulong.MaxValue)).Contains(new Iova(ulong.MaxValue), 2));
        Assert.False(new IovaRange(new Iova(0), new Iova(10)).Contains(new Iova(0), 0));
    }
}
