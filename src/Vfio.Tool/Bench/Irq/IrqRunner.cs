using Vfio.Core;
using Vfio.Tool.Bench.Report;
using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Bench.Irq;

/// <summary>Measures how long a waiter takes to wake, on a device that is bound to vfio-pci.</summary>
internal sealed class IrqRunner(PciAddress address, IrqOptions options, IBenchProgress progress, CancellationToken cancellationToken)
{
    private const int Ways = 2;

    // The runtime compiles what is called often once more, and better, some time after its first calls.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(0.5);
    private const int WarmUpSamples = 1_000;

    /// <summary>Runs, until the end or the user's word.</summary>
    /// <exception cref="VfioException">The device cannot be opened, or has no such interrupts.</exception>
    public IrqReport Run(BenchRun run)
    {
        using VfioDevice device = VfioDevice.Open(address);
        IrqKind kind = options.Kind ?? Best(device);
        InterruptKind interrupts = Of(device, kind);
        using InterruptSet set = interrupts.Enable(1);
        List<IrqResult> results = [];
        progress.Expect(Ways);
        Measure(new BlockingWaiter(set[0]), set[0], results);
        using (var waiter = new AsyncWaiter(set[0]))
        {
            Measure(waiter, set[0], results);
        }

        return new IrqReport
        {
            Run = run,
            Interrupted = cancellationToken.IsCancellationRequested,
            Kind = NameOf(kind),
            Vectors = interrupts.Count,
            Waits = results,
        };
    }

    private static IrqKind Best(VfioDevice device)
    {
        foreach (IrqKind kind in Enum.GetValues<IrqKind>())
        {
            if (Of(device, kind).Count > 0)
            {
                return kind;
            }
        }

        throw new VfioException(
            VfioErrorKind.NotSupported, "bench irq", device.Name, "the device has no interrupts: no MSI-X, no MSI, no INTx", "Name another device");
    }

    private static InterruptKind Of(VfioDevice device, IrqKind kind) => kind switch
    {
        IrqKind.Msix => device.Interrupts.Msix,
        IrqKind.Msi => device.Interrupts.Msi,
        _ => device.Interrupts.Intx,
    };

    private static string NameOf(IrqKind kind) => kind switch
    {
        IrqKind.Msix => "msix",
        IrqKind.Msi => "msi",
        _ => "intx",
    };

    private void Measure(IrqWaiter waiter, Interrupt interrupt, List<IrqResult> results)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        progress.Begin($"{waiter.Name} wait");
        var samples = new Samples(options.Samples);
        var trigger = new IrqTrigger(interrupt, waiter, options.Gap, cancellationToken);
        waiter.Start();
        try
        {
            trigger.Run(new Samples(WarmUpSamples), _warmUp);
            trigger.Run(samples, options.Time);
        }
        finally
        {
            waiter.Stop();
        }

        results.Add(IrqResult.Of(waiter.Name, samples));
        progress.Advance(1);
    }
}
