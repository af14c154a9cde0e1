using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.Dma;

/// <summary>Renting a block and returning it, alone and beside another thread.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Dma", "Pool")]
public class DmaPoolBenchmarks
{
    private const int BlockLength = 64;
    private const int Pairs = 100_000;
    private const int BatchLength = 32;

    private readonly DmaBlock[] _batch = new DmaBlock[BatchLength];
    private AddressSpace _space = null!;
    private DmaPool _pool = null!;
    private Team _one = null!;
    private Team _two = null!;

    [Params(1_000, 1_000_000)]
    public int Blocks { get; set; }

    [GlobalSetup]
    public void Create()
    {
        _space = SilentIommu.CreateSpace();
        _pool = DmaPool.Create(_space, BlockLength, Blocks, new DmaPoolOptions { Poison = false });
        _one = new Team(1, RentAndReturn);
        _two = new Team(2, RentAndReturn);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _one.Dispose();
        _two.Dispose();
        _pool.Dispose();
        _space.Dispose();
    }

    [Benchmark]
    public void RentAndReturnOne()
    {
        _ = _pool.TryRent(out DmaBlock block);
        block.Dispose();
    }

    /// <summary>Many at once, in the other order back, as a queue's worth of transfers.</summary>
    [Benchmark(OperationsPerInvoke = BatchLength)]
    public void RentAndReturnBatch()
    {
        foreach (ref DmaBlock block in _batch.AsSpan())
        {
            _ = _pool.TryRent(out block);
        }

        foreach (DmaBlock block in _batch)
        {
            block.Dispose();
        }
    }

    /// <summary>By a thread of its own, to be compared with the next.</summary>
    [Benchmark(OperationsPerInvoke = Pairs)]
    public void OneThread() => _one.Run();

    /// <summary>By two, each as many as the one: half the time for each pair is twice the throughput.</summary>
    [Benchmark(OperationsPerInvoke = 2 * Pairs)]
    public void TwoThreads() => _two.Run();

    private void RentAndReturn()
    {
        for (int i = 0; i < Pairs; i++)
        {
            _ = _pool.TryRent(out DmaBlock block);
            block.Dispose();
        }
    }
}
