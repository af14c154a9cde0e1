using System.Runtime.InteropServices;

namespace Vfio.Tool.Handover;

/// <summary>Keeps SIGINT, SIGTERM and SIGHUP from ending the command between two steps, where it would leave functions halfway.</summary>
internal sealed class SignalDelay : IDisposable
{
    private readonly PosixSignalRegistration[] _signals;

    /// <summary>Keeps them away.</summary>
    /// <param name="say">Takes what the user is told when one comes.</param>
    public SignalDelay(Action<string> say)
        => _signals = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }
            .Select(signal => PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                say("vfio: ending when no function is halfway; --timeout is the limit of each step");
            }))];

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }
    }
}
