using System.Runtime.InteropServices;

namespace Vfio.Nvme.Tool.Sessions;

/// <summary>Keeps SIGINT, SIGTERM and SIGHUP from ending the process while it does what must not be left half done.</summary>
internal sealed class SignalHold : IDisposable
{
    private readonly Action<string> _say;
    private readonly string _reason;
    private readonly PosixSignalRegistration[] _signals;
    private int _said;

    /// <summary>Holds them off until this is disposed.</summary>
    /// <param name="say">What tells the user.</param>
    /// <param name="reason">What it tells, once, when the first comes.</param>
    public SignalHold(Action<string> say, string reason)
    {
        _say = say;
        _reason = reason;
        _signals = Signals.Register(Take);
    }

    public void Dispose() => Array.ForEach(_signals, static signal => signal.Dispose());

    /// <summary>Takes a signal.</summary>
    internal void Take(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            _say(_reason);
        }
    }
}
