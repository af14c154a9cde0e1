namespace Vfio.Native;

/// <summary>
/// The C library's functions and constants, as C declares them. A function that fails returns -1 (<see cref="mmap" />:
/// <see cref="MAP_FAILED" />) and leaves its <see cref="Errno" /> for <c>Marshal.GetLastPInvokeError</c>.
/// </summary>
public static partial class Libc
{
    /// <summary>What mmap returns on failure. C gives it a pointer type, which no C# constant can have.</summary>
    public const nint MAP_FAILED = -1;

    private const string LibraryName = "libc";
}
