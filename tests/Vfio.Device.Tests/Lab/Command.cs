using System.Diagnostics;
using System.Globalization;

namespace Vfio.Device.Tests.Lab;

/// <summary>Runs programs of this repository as other processes.</summary>
internal static class Command
{
    /// <summary>Runs <c>vfio ARGS</c>.</summary>
    public static (int ExitCode, string Output, string Error) Vfio(params string[] arguments) => Vfio([], arguments);

    /// <summary>Runs <c>PREFIX… vfio ARGS</c>, where the prefix is a program that runs its arguments, such as setpriv.</summary>
    public static (int ExitCode, string Output, string Error) Vfio(string[] prefix, string[] arguments)
        => Run([.. prefix, "dotnet", Built("Vfio.Tool", "vfio.dll"), .. arguments]);

    /// <summary>Runs a program by the name of its project and of its assembly.</summary>
    public static (int ExitCode, string Output, string Error) Program(string project, string assembly, params string[] arguments)
        => Run(["dotnet", Built(project, assembly), .. arguments]);

    /// <summary>Runs a program of the system, which must succeed.</summary>
    public static void Host(params string[] line)
    {
        (int exitCode, _, string error) = Run(line);
        if (exitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', line)}: {exitCode}: {error}");
        }
    }

    /// <summary>Runs <c>vfio ARGS</c>, and sends it SIGTERM when it has written a line to standard error.</summary>
    public static (int ExitCode, string Output) VfioUntil(string line, params string[] arguments)
    {
        using Process process = Start(["dotnet", Built("Vfio.Tool", "vfio.dll"), .. arguments]);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        while (process.StandardError.ReadLine() is { } written)
        {
            if (written == line)
            {
                Run(["kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            }
        }

        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult());
    }

    /// <summary>Starts a program by the name of its project and of its assembly, with all its streams for the caller.</summary>
    public static Process StartProgram(string project, string assembly, params string[] arguments)
        => Process.Start(new ProcessStartInfo("dotnet", [Built(project, assembly), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;

    /// <summary>Starts the tests' own other process (Vfio.TestChild), which is told what to do by lines.</summary>
    public static Process Child(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Built("Vfio.TestChild", "Vfio.TestChild.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    // The projects build into folders beside each other.
    private static string Built(string project, string assembly)
        => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../..", project, "release", assembly));

    private static (int ExitCode, string Output, string Error) Run(string[] line)
    {
        using Process process = Start(line);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static Process Start(string[] line) => Process.Start(new ProcessStartInfo(line[0], line[1..])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        UseShellExecute = false,
    })!;
}
