using System.Runtime.InteropServices;

namespace Vfio.Assignability.Tests;

/// <summary>Makes named pipes, which block whoever opens them without care.</summary>
internal static partial class NamedPipe
{
    private const uint OwnerOnly = 0b110_000_000;

    public static void Create(string path) => Assert.Equal(0, Make(path, OwnerOnly));

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Make(string path, uint mode);
}
