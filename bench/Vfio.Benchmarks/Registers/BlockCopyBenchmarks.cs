using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.Registers;

/// <summary>
/// 64 KiB of a region that is memory, as of a device's buffers: register by register, against the loop that C has for it, and against what
/// memory itself is copied with, which no device may be.
/// </summary>
[MemoryDiagnoser]
public unsafe class BlockCopyBenchmarks
{
    private const int Length = MemoryDevice.BarLength;

    private readonly ulong[] _longs = new ulong[Length / sizeof(ulong)];
    private readonly uint[] _words = new uint[Length / sizeof(uint)];
    private VfioDevice _device = null!;
    private MappedRegion _region = null!;
    private ulong* _pointer;

    [GlobalSetup]
    public void Map()
    {
        _device = MemoryDevice.Open();
        _region = _device.Regions.Bar(0).Map();
        _pointer = (ulong*)NativeMemory.AlignedAlloc(Length, 4096);
        new Span<byte>(_pointer, Length).Fill(1);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        NativeMemory.AlignedFree(_pointer);
        _device.Dispose();
    }

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Mmio", "Read64k")]
    public void Read64kPointer()
    {
        fixed (ulong* to = _longs)
        {
            for (int i = 0; i < Length / sizeof(ulong); i++)
            {
                to[i] = Volatile.Read(ref _pointer[i]);
            }
        }
    }

    [Benchmark]
    [BenchmarkCategory("Mmio", "Read64k")]
    public void Read64kBy8() => _region.Read64(0, _longs);

    [Benchmark]
    [BenchmarkCategory("Mmio", "Read64k")]
    public void Read64kBy4() => _region.Read32(0, _words);

    [Benchmark]
    [BenchmarkCategory("Mmio", "Read64k")]
    public void Read64kSpan() => new Span<ulong>(_pointer, _longs.Length).CopyTo(_longs);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("Mmio", "Write64k")]
    public void Write64kPointer()
    {
        fixed (ulong* from = _longs)
        {
            for (int i = 0; i < Length / sizeof(ulong); i++)
            {
                Volatile.Write(ref _pointer[i], from[i]);
            }
        }
    }

    [Benchmark]
    [BenchmarkCategory("Mmio", "Write64k")]
    public void Write64kBy8() => _region.Write64(0, _longs);

    [Benchmark]
    [BenchmarkCategory("Mmio", "Write64k")]
    public void Write64kBy4() => _region.Write32(0, _words);

    [Benchmark]
    [BenchmarkCategory("Mmio", "Write64k")]
    public void Write64kSpan() => _longs.CopyTo(new Span<ulong>(_pointer, _longs.Length));
}
