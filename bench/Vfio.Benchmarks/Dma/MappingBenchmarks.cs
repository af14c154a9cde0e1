using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.Dma;

/// <summary>Mapping and unmapping a page with a kernel that costs nothing: what the library adds to the kernel's calls.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Dma", "Map")]
public class MappingBenchmarks
{
    private const int Page = 4096;
    // Nothing lies there, and nobody looks.
    private const int Memory = 0x1000_0000;

    private AddressSpace _space = null!;

    [Params(0, 1_000, 60_000)]
    public int Live { get; set; }

    /// <summary>Whether somebody has looked for a mapping, so that the indexes are kept.</summary>
    [Params(false, true)]
    public bool Indexed { get; set; }

    [GlobalSetup]
    public void Map()
    {
        _space = SilentIommu.CreateSpace();
        if (Indexed)
        {
            _ = _space.TryGetIova(Memory, out _);
            _ = _space.TryGetAddress(default, out _);
        }

        for (int i = 0; i < Live; i++)
        {
            _ = _space.DangerousMapStreaming(Memory + (i * Page), Page);
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _space.Dispose();

    /// <summary>As a value.</summary>
    [Benchmark]
    public void Streaming() => _space.DangerousMapStreaming(Memory, Page).Unmap();

    /// <summary>As an object, which is the garbage that is counted.</summary>
    [Benchmark]
    public void Owned() => _space.DangerousMap(Memory, Page).Unmap();
}
