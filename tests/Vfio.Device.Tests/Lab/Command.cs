using System.Diagnostics;

namespace Vfio.Device.Tests.Lab;

/// <summary>Runs the vfio command as another process, by way of other programs if need be.</summary>
internal static class Command
{
    /// <summary>Runs <c>vfio ARGS</c>.</summary>
    public static (int ExitCode, string Output, string Error) Vfio(params string[] arguments) => Vfio([], arguments);

    /// <summary>Runs <c>PREFIX… vfio ARGS</c>, where the prefix is a program that runs its arguments, such as setpriv.</summary>
    public static (int ExitCode, string Output, string Error) Vfio(string[] prefix, string[] arguments)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "../../Vfio.Tool/release/vfio.dll");
        string[] line = [.. prefix, Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", tool, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
