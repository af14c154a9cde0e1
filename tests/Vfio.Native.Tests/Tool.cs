using System.ComponentModel;
using System.Diagnostics;

namespace Vfio.Native.Tests;

/// <summary>Runs another program to its end.</summary>
internal static class Tool
{
    public static ToolResult Run(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new(process.ExitCode, output, errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"{program} cannot be started ({e.Message}). "
                + "These tests need gcc and castxml: apt-get install gcc castxml", e);
        }
    }

    /// <summary>Runs a program that has to succeed.</summary>
    public static string Output(string program, params IEnumerable<string> arguments)
    {
        ToolResult result = Run(program, arguments);
        Assert.True(result.ExitCode == 0, $"{program} exited with {result.ExitCode}:\n{result.Errors}");
        return result.Output;
    }
}
