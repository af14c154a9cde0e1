using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.Dma;

/// <summary>Finding a mapping by an address inside of it, from both sides: in the index, and as callers do, with the lock.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Dma", "Lookup")]
public class LookupBenchmarks
{
    private const int Page = 4096;
    private const int Looks = 4096;
    // Nothing lies there, and nobody looks.
    private const int Memory = 0x1000_0000;

    private readonly MappingIndex _index = new();
    private readonly ulong[] _points = new ulong[Looks];
    private readonly Iova[] _iovas = new Iova[Looks];
    private readonly nint[] _addresses = new nint[Looks];
    private AddressSpace _space = null!;
    private int _next;

    [Params(1_000, 60_000)]
    public int Live { get; set; }

    [GlobalSetup]
    public void Map()
    {
        _space = SilentIommu.CreateSpace();
        _index.Keep();
        StreamingMapping[] mappings = new StreamingMapping[Live];
        for (int i = 0; i < Live; i++)
        {
            mappings[i] = _space.DangerousMapStreaming(Memory + (i * Page), Page);
            _index.Add((ulong)i * Page, Page, i);
        }

        var random = new Random(1);
        for (int i = 0; i < Looks; i++)
        {
            int mapping = random.Next(Live);
            int offset = random.Next(Page);
            _points[i] = ((ulong)mapping * Page) + (ulong)offset;
            _iovas[i] = mappings[mapping].Iova + offset;
            _addresses[i] = mappings[mapping].Address + offset;
        }

        // The first of each enters all of them.
        _ = _space.TryGetIova(Memory, out _);
        _ = _space.TryGetAddress(default, out _);
    }

    [GlobalCleanup]
    public void CleanUp() => _space.Dispose();

    [Benchmark]
    public int Index() => _index.Find(_points[Next()]);

    [Benchmark]
    public bool TryGetIova() => _space.TryGetIova(_addresses[Next()], out _);

    [Benchmark]
    public bool TryGetAddress() => _space.TryGetAddress(_iovas[Next()], out _);

    private int Next() => _next = (_next + 1) & (Looks - 1);
}
