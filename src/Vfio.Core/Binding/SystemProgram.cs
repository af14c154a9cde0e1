using System.ComponentModel;
using System.Diagnostics;

namespace Vfio.Core;

/// <summary>Programs of the system, wherever a distribution puts them.</summary>
internal static class SystemProgram
{
    private static readonly string[] _folders = ["/sbin", "/usr/sbin", "/bin", "/usr/bin"];

    /// <summary>The path of a program, or null where the system has none of that name.</summary>
    public static string? Find(string name) => _folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Starts a program on pipes of its own, so that it holds none of this process's streams should it outlive it. Its messages are in English.</summary>
    /// <exception cref="IOException">It could not be started.</exception>
    public static Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new IOException($"{program} could not be started: {error.Message}", error);
        }
    }
}
