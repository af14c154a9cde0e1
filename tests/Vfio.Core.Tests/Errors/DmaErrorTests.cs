using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Mappings that are refused, by the kernel or before it is asked.</summary>
public sealed class DmaErrorTests : IDisposable
{
    private const string Map = "VFIO_IOMMU_MAP_DMA";

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public DmaErrorTests() => _device = _machine.Open();

    private string Container => _machine.Sysfs.Paths.ContainerNode;

    private AddressSpace Dma => _device.Dma;

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        Assert.Empty(_machine.Kernel.Memory);
        _machine.Dispose();
    }

    [Fact]
    public void The_limit_of_locked_memory_is_given_with_what_was_needed()
    {
        _machine.Kernel.MemoryLockLimit = 8 << 20;
        _machine.Kernel.MemoryLocked = 12 << 10;
        VfioException error = Refused(VfioErrorKind.MemoryLockLimit, Errno.ENOMEM, () => Dma.Allocate(16 << 20));
        Assert.Contains("needs 16384 KiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("8192 KiB", error.Message, StringComparison.Ordinal);
        Assert.Contains("12 KiB are locked already", error.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -l", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_that_does_not_bind_the_process_is_not_blamed()
    {
        _machine.Kernel.MemoryLockLimit = 8 << 20;
        _machine.Kernel.MayExceedMemoryLock = true;
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapDma), Errno.ENOMEM);
        Refused(VfioErrorKind.OutOfMemory, Errno.ENOMEM, () => Dma.Allocate(4096));
    }

    [Fact]
    public void Memory_that_is_short_without_a_limit_is_told_apart()
    {
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapDma), Errno.ENOMEM);
        Refused(VfioErrorKind.OutOfMemory, Errno.ENOMEM, () => Dma.Allocate(4096));
    }

    [Fact]
    public void The_limit_of_mappings_names_the_parameter()
    {
        _machine.Kernel.MappingLimit = 2;
        using DmaBuffer first = Dma.Allocate(4096);
        using DmaBuffer second = Dma.Allocate(4096);
        Assert.Equal(0u, Dma.GetInfo().AvailableMappings);
        VfioException error = Refused(VfioErrorKind.MappingLimit, Errno.ENOSPC, () => Dma.Allocate(4096));
        Assert.Contains("dma_entry_limit", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x10_0000, 0x4000)]
    [InlineData(0x10_1000, 0x1000)]
    [InlineData(0x0f_f000, 0x2000)]
    [InlineData(0x10_3000, 0x2000)]
    public void An_overlap_is_refused_before_the_kernel_is_asked(ulong iova, long length)
    {
        using DmaBuffer buffer = Dma.Allocate(0x4000, new DmaBufferOptions { Iova = new Iova(0x10_0000) });
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.MapDma));
        VfioException error = Refused(
            VfioErrorKind.OverlappingMapping, 0, () => Dma.Allocate(length, new DmaBufferOptions { Iova = new Iova(iova) }));
        Assert.Contains($"0x{iova:x}", error.Message, StringComparison.Ordinal);
        Assert.Equal(calls, _machine.Kernel.Faults.Count(nameof(IVfioKernel.MapDma)));
    }

    [Fact]
    public void An_overlap_that_only_the_kernel_knows_is_refused_and_its_address_stays_free()
    {
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapDma), Errno.EEXIST);
        var options = new DmaBufferOptions { Iova = new Iova(0x10_0000) };
        Refused(VfioErrorKind.OverlappingMapping, Errno.EEXIST, () => Dma.Allocate(4096, options));
        using DmaBuffer buffer = Dma.Allocate(4096, options);
        Assert.Equal(new Iova(0x10_0000), buffer.Iova);
    }

    [Theory]
    [InlineData(0xfee0_0000, 0x1000)]
    [InlineData(0xfedf_f000, 0x2000)]
    [InlineData(0xffff_ffff_ffff_f000, 0x1000)]
    [InlineData(0xffff_ffff_ffff_f000, 0x2000)]
    public void An_address_that_the_IOMMU_has_not_is_refused_with_those_that_it_has(ulong iova, long length)
    {
        VfioException error = Refused(
            VfioErrorKind.IovaOutOfRange, 0, () => Dma.Allocate(length, new DmaBufferOptions { Iova = new Iova(iova) }));
        Assert.Contains("0x0-0xfedfffff", error.Message, StringComparison.Ordinal);
        Assert.Contains("0xfef00000-0xffffffffffff", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_run_out()
    {
        VfioException error = Refused(
            VfioErrorKind.IovaExhausted, 0, () => Dma.Allocate(0x2_0000, new DmaBufferOptions { AddressBits = 17 }));
        Assert.Contains("17 address bits", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EFAULT, "pages")]
    [InlineData(Errno.EINVAL, "page size")]
    public void Other_refusals_of_the_kernel_keep_their_errno(int errno, string remedy)
    {
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapDma), errno);
        VfioException error = Refused(VfioErrorKind.Refused, errno, () => Dma.Allocate(4096));
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_space_without_a_device_maps_nothing()
    {
        using AddressSpace space = _machine.CreateSpace();
        Refused(VfioErrorKind.Refused, 0, () => space.Allocate(4096));
        Assert.Equal(VfioBackend.Type1V2, space.Backend);
        Assert.Empty(space.Ranges);
    }

    [Theory]
    [InlineData(Errno.ENOMEM)]
    [InlineData(Errno.EINVAL)]
    public void Huge_pages_that_are_not_there_say_where_to_reserve_them(int errno)
    {
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapMemory), errno);
        VfioException error = Assert.Throws<VfioException>(
            () => Dma.Allocate(1, new DmaBufferOptions { PageSize = DmaPageSize.Huge2M }));
        Assert.Equal(VfioErrorKind.OutOfMemory, error.Kind);
        Assert.Contains("nr_hugepages", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Advice_that_is_refused_gives_the_memory_back()
    {
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Advise), Errno.EINVAL);
        Assert.Throws<VfioException>(() => Dma.Allocate(4096));
    }

    [Fact]
    public void Arguments_that_make_no_sense_never_reach_the_kernel()
    {
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.MapDma));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { Access = DmaAccess.None }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { AddressBits = 11 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { AddressBits = 65 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { Alignment = 3 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { Alignment = long.MinValue }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { Iova = new Iova(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.Allocate(4096, new DmaBufferOptions { PageSize = (DmaPageSize)9 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.DangerousMap(1, 4096));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.DangerousMap(4096, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dma.DangerousMap(4096, 0));
        Assert.Equal(calls, _machine.Kernel.Faults.Count(nameof(IVfioKernel.MapDma)));
    }

    private VfioException Refused(VfioErrorKind kind, int errno, Action call)
        => ErrorAssert.Refused(kind, Map, errno, Container, call);
}
