using System.ComponentModel;
using System.Diagnostics;

namespace Vfio.Core;

/// <summary>Loads modules of the kernel.</summary>
internal static class KernelModule
{
    private static readonly string[] _folders = ["/sbin", "/usr/sbin", "/bin", "/usr/bin"];

    /// <summary>Runs modprobe.</summary>
    /// <returns>What it said, empty when all went well: whether the driver is there is for the caller to look at.</returns>
    public static string Load(string name)
    {
        string? program = _folders.Select(static folder => Path.Combine(folder, "modprobe")).FirstOrDefault(File.Exists);
        if (program is null)
        {
            return "there is no modprobe";
        }

        try
        {
            var start = new ProcessStartInfo(program, [name]) { RedirectStandardError = true, UseShellExecute = false };
            using Process process = Process.Start(start)!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return said.Trim();
        }
        catch (Win32Exception error)
        {
            return error.Message;
        }
    }
}
