using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Native;

namespace Vfio.CodegenProbe;

/// <summary>Faults that are not the library's business: what becomes of the process must be what became of it without the library.</summary>
internal static unsafe partial class FaultProbe
{
    private const nint Default = 0;
    private const nint Ignore = 1;

    /// <summary>Installs the handler over another one, and faults, or sends the signal.</summary>
    public static void Run(string how)
    {
        if (how is "default" or "ignored" or "ignored-sent" or "default-sent")
        {
            var action = new SignalAction { Handler = how.StartsWith("default", StringComparison.Ordinal) ? Default : Ignore };
            Check(SignalCalls.Handle(SignalCalls.Bus, &action, null));
        }

        Console.WriteLine(FaultHandler.IsInstalled);
        if (how.EndsWith("sent", StringComparison.Ordinal))
        {
            Check(Raise(SignalCalls.Bus));
        }
        else
        {
            fixed (byte* name = "empty\0"u8)
            {
                int file = Libc.memfd_create(name, Libc.MFD_CLOEXEC);
                Check(file);
                byte* page = (byte*)Libc.mmap(null, (nuint)Environment.SystemPageSize, Libc.PROT_READ, (int)Libc.MAP_SHARED, file, 0);
                Console.WriteLine(Mmio.Read8(page));
            }
        }

        Console.WriteLine("alive");
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new InvalidOperationException($"errno {Marshal.GetLastSystemError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "raise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Raise(int signal);
}
