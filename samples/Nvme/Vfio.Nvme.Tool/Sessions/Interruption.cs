using System.Runtime.InteropServices;

namespace Vfio.Nvme.Tool.Sessions;

/// <summary>
/// Makes the first SIGINT, SIGTERM or SIGHUP end the work in order, with the controller shut down, instead of the process. The second ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _signals;
    private int _exitCode;

    public Interruption() => _signals = Signals.Register(Take);

    /// <summary>Whether and when the user wants no more.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What the command returns once it was interrupted.</summary>
    public int ExitCode => Volatile.Read(ref _exitCode);

    /// <summary>Runs a command that can be interrupted.</summary>
    /// <param name="command">The command. It throws where it is interrupted, or returns <see cref="ExitCode"/>.</param>
    public static int Run(Func<Interruption, int> command)
    {
        using var interruption = new Interruption();
        try
        {
            return command(interruption);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("nvme-vfio: interrupted");
            return interruption.ExitCode;
        }
    }

    public void Dispose()
    {
        Array.ForEach(_signals, static signal => signal.Dispose());
        _source.Dispose();
    }

    /// <summary>Takes a signal.</summary>
    internal void Take(PosixSignalContext context)
    {
        context.Cancel = Interlocked.CompareExchange(ref _exitCode, Tool.ExitCode.For(context.Signal), 0) == 0;
        if (context.Cancel)
        {
            _source.Cancel();
        }
    }
}
