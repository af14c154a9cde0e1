using System.Diagnostics;

namespace Vfio.Core.Tests;

/// <summary>One run of the probe program: what it has, and what the compiler made of it.</summary>
/// <param name="Probes">The probes, as class and method.</param>
/// <param name="Methods">Every compilation of a probe or of an accessor.</param>
internal sealed record CodegenProbe(IReadOnlyList<string> Probes, IReadOnlyList<MachineMethod> Methods)
{
    private const string Name = "Vfio.CodegenProbe";

    /// <summary>Runs the probe with settings of the runtime, such as <c>TieredPGO=0</c>.</summary>
    public static CodegenProbe Run(string settings)
    {
        string listing = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(DotnetHost(), [Program()]) { RedirectStandardOutput = true, UseShellExecute = false };
            start.Environment["DOTNET_JitDisasm"] = "*Mmio:* *MappedRegion:* *Register*:* *Probes:*";
            start.Environment["DOTNET_JitStdOutFile"] = listing;
            foreach (string setting in settings.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = setting.Split('=');
                start.Environment["DOTNET_" + parts[0]] = parts[1];
            }

            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return new CodegenProbe(
                output.Split('\n', StringSplitOptions.RemoveEmptyEntries), MachineMethod.Parse(File.ReadLines(listing)));
        }
        finally
        {
            File.Delete(listing);
        }
    }

    /// <summary>Runs the program with arguments, and gives what it printed and how it ended.</summary>
    public static (int ExitCode, string Output) RunWith(params string[] arguments)
    {
        var start = new ProcessStartInfo(DotnetHost(), [Program(), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // A process that dies as it should leaves no image of itself.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    // The projects' outputs lie side by side: bin/<project>/<configuration>.
    private static string Program()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, Name, here.Name, Name + ".dll");
    }

    private static string DotnetHost()
        => Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
}
