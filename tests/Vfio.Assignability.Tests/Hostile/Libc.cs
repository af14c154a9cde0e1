using System.Runtime.InteropServices;

namespace Vfio.Assignability.Tests;

/// <summary>What the framework has no call for.</summary>
internal static partial class Libc
{
    private const uint OwnerOnly = 0b110_000_000;

    /// <summary>Makes a named pipe, which blocks whoever opens it without care.</summary>
    public static void MakePipe(string path) => Assert.Equal(0, MakeFifo(path, OwnerOnly));

    /// <summary>Moves a file, folder or link, whatever the link leads to.</summary>
    public static void Move(string from, string to) => Assert.Equal(0, Rename(from, to));

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Rename(string from, string to);
}
