using System.Diagnostics;

namespace Vfio.Core;

/// <summary>Loads modules of the kernel.</summary>
internal static class KernelModule
{
    /// <summary>Runs modprobe, for as long as it takes.</summary>
    /// <inheritdoc cref="Load(string, TimeSpan)"/>
    public static string Load(string name) => Load(name, Timeout.InfiniteTimeSpan);

    /// <summary>Runs modprobe.</summary>
    /// <param name="name">The module's name, or an alias of it.</param>
    /// <param name="limit">How long it is waited for. After that it goes on alone.</param>
    /// <returns>What it said, empty when all went well: whether the driver is there is for the caller to look at.</returns>
    public static string Load(string name, TimeSpan limit)
    {
        if (SystemProgram.Find("modprobe") is not { } program)
        {
            return "there is no modprobe";
        }

        try
        {
            using Process process = SystemProgram.Start(program, name);
            process.StandardInput.Close();
            Task<string> said = process.StandardError.ReadToEndAsync();
            return process.WaitForExit(limit)
                ? said.GetAwaiter().GetResult().Trim()
                : $"modprobe, process {process.Id}, has not ended after {limit.TotalSeconds:0.###} seconds, and goes on";
        }
        catch (IOException error)
        {
            return error.Message;
        }
    }
}
