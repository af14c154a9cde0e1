using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.Registers;

/// <summary>Single registers, in memory instead of a device: what the accessors add to the instruction. The base lines are C's volatile pointers.</summary>
[MemoryDiagnoser]
public unsafe class RegisterBenchmarks
{
    private const int Times = 1024;
    private const long Offset = 0x40;

    private VfioDevice _device = null!;
    private MappedRegion _region = null!;
    private Register32 _register;
    private uint* _pointer;

    [GlobalSetup]
    public void Map()
    {
        _device = MemoryDevice.Open();
        _region = _device.Regions.Bar(0).Map();
        _register = _region.Register32(Offset);
        _pointer = (uint*)NativeMemory.AlignedAlloc(4096, 4096);
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        NativeMemory.AlignedFree(_pointer);
        _device.Dispose();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Times)]
    [BenchmarkCategory("Mmio", "Write32")]
    public void Write32Pointer()
    {
        uint* pointer = _pointer;
        for (uint i = 0; i < Times; i++)
        {
            Volatile.Write(ref *pointer, i);
        }
    }

    [Benchmark(OperationsPerInvoke = Times)]
    [BenchmarkCategory("Mmio", "Write32")]
    public void Write32Region()
    {
        MappedRegion region = _region;
        for (uint i = 0; i < Times; i++)
        {
            region.Write32(Offset, i);
        }
    }

    [Benchmark(OperationsPerInvoke = Times)]
    [BenchmarkCategory("Mmio", "Write32")]
    public void Write32Register()
    {
        Register32 register = _register;
        for (uint i = 0; i < Times; i++)
        {
            register.Write(i);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Times)]
    [BenchmarkCategory("Mmio", "Read32")]
    public uint Read32Pointer()
    {
        uint* pointer = _pointer;
        uint sum = 0;
        for (int i = 0; i < Times; i++)
        {
            sum += Volatile.Read(ref *pointer);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    [BenchmarkCategory("Mmio", "Read32")]
    public uint Read32Region()
    {
        MappedRegion region = _region;
        uint sum = 0;
        for (int i = 0; i < Times; i++)
        {
            sum += region.Read32(Offset);
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Times)]
    [BenchmarkCategory("Mmio", "Read32")]
    public uint Read32Register()
    {
        Register32 register = _register;
        uint sum = 0;
        for (int i = 0; i < Times; i++)
        {
            sum += register.Read();
        }

        return sum;
    }
}
