using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.ConfigSpace;

/// <summary>Walks along capabilities, in a configuration space that costs nothing to read: with the kernel's, each step is a system call.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Config")]
public class CapabilityBenchmarks
{
    private const int Count = 8;
    private const int First = 0x40;
    private const int FirstExtended = 0x100;
    private const int Distance = 0x10;
    private const int StatusOffset = 6;
    private const int HasCapabilities = 0x10;
    private const int PointerOffset = 0x34;

    private VfioDevice _device = null!;

    [GlobalSetup]
    public void Open()
    {
        var device = new MemoryDevice();
        Span<byte> config = device.ConfigSpace;
        config[StatusOffset] = HasCapabilities;
        config[PointerOffset] = First;
        for (int i = 0; i < Count; i++)
        {
            bool last = i == Count - 1;
            int offset = First + (i * Distance);
            config[offset] = (byte)(i + 1);
            config[offset + 1] = (byte)(last ? 0 : offset + Distance);
            int extended = FirstExtended + (i * Distance);
            int next = last ? 0 : extended + Distance;
            BinaryPrimitives.WriteUInt32LittleEndian(config[extended..], (uint)((next << 20) | (1 << 16) | (i + 1)));
        }

        _device = MemoryDevice.Open(device);
    }

    [GlobalCleanup]
    public void CleanUp() => _device.Dispose();

    [Benchmark]
    public int Walk()
    {
        int count = 0;
        foreach (PciCapability capability in _device.Config.Capabilities)
        {
            count += capability.Id;
        }

        return count;
    }

    [Benchmark]
    public int WalkExtended()
    {
        int count = 0;
        foreach (PciExtendedCapability capability in _device.Config.ExtendedCapabilities)
        {
            count += capability.Id;
        }

        return count;
    }

    [Benchmark]
    public bool FindTheLast() => _device.Config.TryFindCapability(Count, out _);

    [Benchmark]
    public bool FindTheLastExtended() => _device.Config.TryFindExtendedCapability(Count, out _);
}
