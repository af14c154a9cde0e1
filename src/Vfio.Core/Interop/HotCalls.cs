using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// The imports of <see cref="Libc"/> that drivers call in their loops, without what the runtime does to keep the errno of each call.
/// </summary>
/// <remarks>
/// On failure, and only then, <see cref="Marshal.GetLastSystemError"/> right after the call has it: the code that is generated for an import
/// with <c>SetLastError</c> reads it in the same way, at the same place, and besides clears it before and stores it after every call.
/// </remarks>
internal static unsafe partial class HotCalls
{
    /// <summary>Of <c>preadv2</c>: fail instead of waiting (<c>RWF_NOWAIT</c> of <c>linux/fs.h</c>).</summary>
    public const int NoWait = 8;

    private const string LibraryName = "libc";

    [LibraryImport(LibraryName, EntryPoint = "ioctl")]
    public static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport(LibraryName, EntryPoint = "pread")]
    public static partial nint ReadAt(int fd, void* destination, nuint count, long offset);

    [LibraryImport(LibraryName, EntryPoint = "pwrite")]
    public static partial nint WriteAt(int fd, void* source, nuint count, long offset);

    [LibraryImport(LibraryName, EntryPoint = "read")]
    public static partial nint Read(int fd, void* destination, nuint count);

    [LibraryImport(LibraryName, EntryPoint = "preadv2")]
    public static partial nint ReadVector(int fd, IoVector* vectors, int count, long offset, int flags);

    [LibraryImport(LibraryName, EntryPoint = "poll")]
    public static partial int Poll(pollfd* entries, nuint count, int timeout);

    [LibraryImport(LibraryName, EntryPoint = "write")]
    public static partial nint Write(int fd, void* source, nuint count);
}
