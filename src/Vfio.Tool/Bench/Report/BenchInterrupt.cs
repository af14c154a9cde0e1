using System.Runtime.InteropServices;

namespace Vfio.Tool.Bench.Report;

/// <summary>Makes SIGINT, SIGTERM and SIGHUP end a measurement in order, with the device given back, instead of the process.</summary>
internal sealed class BenchInterrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;

    public BenchInterrupt()
        => _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, Cancel))];

    /// <summary>Whether and when the user wants no more.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        _source.Dispose();
    }

    private void Cancel(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
