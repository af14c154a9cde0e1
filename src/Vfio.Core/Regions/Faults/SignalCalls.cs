using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>What it takes to handle a signal of the process: of no device, and so not behind the seam of the kernel.</summary>
internal static unsafe partial class SignalCalls
{
    /// <summary><c>SIGBUS</c> on x86.</summary>
    public const int Bus = 7;

    /// <summary>The handler takes the cause and the place, and not the number alone (<c>SA_SIGINFO</c>).</summary>
    public const int WithInfo = 0x4;

    /// <summary>On the thread's other stack, if it has one (<c>SA_ONSTACK</c>).</summary>
    public const int OnOtherStack = 0x0800_0000;

    /// <summary>Calls that the signal interrupts are made again (<c>SA_RESTART</c>).</summary>
    public const int Restart = 0x1000_0000;

    /// <summary>The handler is forgotten when it is called (<c>SA_RESETHAND</c>).</summary>
    public const int Once = unchecked((int)0x8000_0000);

    // As in the handler's code.
    private const int MemoryBarrierNumber = 324;
    private const int PrivateExpedited = 8;
    private const string LibraryName = "libc";

    [LibraryImport(LibraryName, EntryPoint = "sigaction")]
    public static partial int Handle(int signal, SignalAction* action, SignalAction* previous);

    /// <summary>Makes all threads of the process take note of what was written (<c>membarrier</c>, which the C library has no function for).</summary>
    public static nint BarrierOnAll() => SystemCall(MemoryBarrierNumber, PrivateExpedited, 0, 0);

    [LibraryImport(LibraryName, EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport(LibraryName, EntryPoint = "mprotect")]
    public static partial int Protect(void* address, nuint length, int protection);
}
