using BenchmarkDotNet.Attributes;
using Vfio.Core;

namespace Vfio.Benchmarks.Dma;

/// <summary>Addresses: taking one and giving it back, with many taken and a hole between each two of them.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Dma", "Iova")]
public class IovaAllocatorBenchmarks
{
    private const ulong Page = 4096;
    private const ulong Lowest = 0x1_0000;

    private readonly IovaAllocator _allocator = new();

    /// <summary>How many are taken, and how many holes there are.</summary>
    [Params(0, 1_000, 60_000)]
    public int Live { get; set; }

    [GlobalSetup]
    public void Fragment()
    {
        _allocator.Reset([new IovaRange(new Iova(0), new Iova((1UL << 48) - 1))]);
        ulong[] taken = new ulong[2 * Live];
        for (int i = 0; i < taken.Length; i++)
        {
            _allocator.TryAllocate(Page, Page, Lowest, ulong.MaxValue, out taken[i]);
        }

        for (int i = 0; i < taken.Length; i += 2)
        {
            _allocator.Free(taken[i], Page);
        }
    }

    /// <summary>A page, which the lowest hole takes.</summary>
    [Benchmark]
    public ulong PageAndBack() => TakeAndGive(Page, Page);

    /// <summary>Two pages, which no hole takes.</summary>
    [Benchmark]
    public ulong TwoPagesAndBack() => TakeAndGive(2 * Page, Page);

    /// <summary>A page on a boundary of 64 KiB, where one hole in eight is.</summary>
    [Benchmark]
    public ulong AlignedPageAndBack() => TakeAndGive(Page, 16 * Page);

    /// <summary>Two MiB on their boundary, behind all that is taken.</summary>
    [Benchmark]
    public ulong HugePageAndBack() => TakeAndGive(512 * Page, 512 * Page);

    private ulong TakeAndGive(ulong length, ulong alignment)
    {
        _allocator.TryAllocate(length, alignment, Lowest, ulong.MaxValue, out ulong start);
        _allocator.Free(start, length);
        return start;
    }
}
