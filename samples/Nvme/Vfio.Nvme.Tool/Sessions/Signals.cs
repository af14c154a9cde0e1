using System.Runtime.InteropServices;

namespace Vfio.Nvme.Tool.Sessions;

/// <summary>The signals by which a user or the system ends a command.</summary>
internal static class Signals
{
    private static readonly PosixSignal[] _all = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    /// <summary>Takes all of them.</summary>
    /// <param name="handler">What is done when one comes, on a thread of the runtime's.</param>
    /// <returns>To be disposed by the caller, after which they end the process again.</returns>
    public static PosixSignalRegistration[] Register(Action<PosixSignalContext> handler)
        => [.. _all.Select(signal => PosixSignalRegistration.Create(signal, handler))];
}
