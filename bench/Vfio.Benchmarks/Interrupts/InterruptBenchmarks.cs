using BenchmarkDotNet.Attributes;
using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.Benchmarks.Interrupts;

/// <summary>An interrupt that has come by the time that somebody waits: two system calls, and what the library adds.</summary>
[MemoryDiagnoser]
[BenchmarkCategory("Interrupts")]
public class InterruptBenchmarks
{
    private VfioDevice _device = null!;
    private Interrupt _interrupt = null!;
    private int _descriptor;

    [GlobalSetup]
    public void Enable()
    {
        _device = MemoryDevice.Open();
        _interrupt = _device.Interrupts.Msix.Enable(1)[0];
        _descriptor = LinuxKernel.Instance.CreateEventFd();
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _device.Dispose();
        _ = LinuxKernel.Instance.Close(_descriptor);
    }

    [Benchmark(Baseline = true)]
    public ulong WriteAndRead()
    {
        _ = LinuxKernel.Instance.WriteEventFd(_descriptor, 1);
        _ = LinuxKernel.Instance.ReadEventFd(_descriptor, out ulong count);
        return count;
    }

    [Benchmark]
    public ulong TriggerAndTryWait()
    {
        _interrupt.Trigger();
        _ = _interrupt.TryWait(TimeSpan.Zero, out ulong count);
        return count;
    }

    [Benchmark]
    public async ValueTask<ulong> TriggerAndAwait()
    {
        _interrupt.Trigger();
        return await _interrupt.WaitAsync();
    }

    /// <summary>A look that finds nothing.</summary>
    [Benchmark]
    public bool TryWaitInVain() => _interrupt.TryWait(TimeSpan.Zero, out _);
}
