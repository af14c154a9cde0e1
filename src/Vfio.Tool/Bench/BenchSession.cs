using Vfio.Core;
using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Bench;

/// <summary>A measurement on a device, which is taken from its driver and given back whatever happens.</summary>
internal static class BenchSession
{
    /// <summary>Runs a measurement.</summary>
    /// <param name="address">The device.</param>
    /// <param name="measure">The measurement. It ends soon after its token says so, with what it has.</param>
    /// <returns>Its report, and whether the user ended it.</returns>
    /// <exception cref="VfioException">The device could not be taken, used or given back.</exception>
    public static (T Report, bool Interrupted) Run<T>(
        PciAddress address, Func<BenchRun, IBenchProgress, CancellationToken, T> measure)
    {
        BenchRun run = BenchRun.Of(PciFunction.Read(address));
        using var interrupt = new BenchInterrupt();
        using DriverBinding binding = DriverBinding.Bind(address);
        T report = BenchProgress.Run(progress => measure(run, progress, interrupt.Token));
        binding.Restore();
        return (report, interrupt.Token.IsCancellationRequested);
    }
}
