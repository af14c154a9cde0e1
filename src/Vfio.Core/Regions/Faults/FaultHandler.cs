using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>Puts the handler of <c>SIGBUS</c> in place, once in the process, before the first region is mapped.</summary>
internal static unsafe class FaultHandler
{
    private const nint Default = 0;
    private const nint Ignore = 1;

    private static readonly Lazy<bool> _installed = new(TryInstall);

    /// <summary>Whether it is there: the machine is x64, and the system took it. It is put there by the first who asks.</summary>
    public static bool IsInstalled => _installed.Value;

    private static bool TryInstall()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return false;
        }

        // It makes the handler's membarrier possible, which is no other than the runtime's own.
        Interlocked.MemoryBarrierProcessWide();
        if (SignalCalls.BarrierOnAll() != 0)
        {
            // A filter of system calls takes it for forbidden, and the runtime has another way, which a handler has not.
            return false;
        }

        SignalAction previous;
        if (SignalCalls.Handle(SignalCalls.Bus, null, &previous) < 0 || Load(previous.Handler) is not { } code)
        {
            return false;
        }

        SignalAction action = previous;
        action.Handler = code;
        action.Flags = (previous.Flags & ~SignalCalls.Once) | SignalCalls.WithInfo | SignalCalls.OnOtherStack | SignalCalls.Restart;
        action.Restorer = 0;
        SignalAction replaced;
        if (SignalCalls.Handle(SignalCalls.Bus, &action, &replaced) < 0)
        {
            return false;
        }

        if (replaced.Handler != previous.Handler)
        {
            // Somebody else put one there in between, which this one does not pass anything on to.
            _ = SignalCalls.Handle(SignalCalls.Bus, &replaced, null);
            return false;
        }

        return true;
    }

    /// <summary>Writes the code into pages of its own, which stay for as long as the process does.</summary>
    /// <returns>Where it begins, or null where the system runs no code that was written.</returns>
    private static nint? Load(nint previous)
    {
        nuint length = (nuint)SystemPage.Size;
        void* page = Libc.mmap(
            null, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | (int)Libc.MAP_ANONYMOUS, -1, 0);
        if ((nint)page == Libc.MAP_FAILED)
        {
            return null;
        }

        nint code = (nint)page;
        nint next = previous switch
        {
            Default => code + FaultHandlerCode.DefaultOffset,
            Ignore => code + FaultHandlerCode.IgnoreOffset,
            _ => previous,
        };
        FaultHandlerCode.Write(new Span<byte>(page, FaultHandlerCode.Length), FaultTable.First, next);
        if (SignalCalls.Protect(page, length, Libc.PROT_READ | (int)Libc.PROT_EXEC) == 0)
        {
            return code;
        }

        _ = Libc.munmap(page, length);
        return null;
    }
}
