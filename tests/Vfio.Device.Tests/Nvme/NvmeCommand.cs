using System.Diagnostics;
using System.Text.Json;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme.Tool.Commands;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

/// <summary>Runs <c>nvme-vfio</c> on the lab's drive: in this process, because to start one takes seconds in the guest, or in one of its own.</summary>
internal sealed class NvmeCommand : IDisposable
{
    private readonly DriverBinding _binding;
    private readonly DirectoryInfo _folder;

    public NvmeCommand()
    {
        Mode.RequireIommu();
        Mode.RequireBest();
        _binding = DriverBinding.Bind(TestDevice.Nvme());
        _folder = Directory.CreateTempSubdirectory("nvme-vfio-");
    }

    public string Address => _binding.Address.ToString();

    /// <summary>Runs it with any arguments.</summary>
    public static (int ExitCode, string Output, string Error) RunAny(params string[] arguments)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        var written = new StringWriter();
        var said = new StringWriter();
        Console.SetOut(written);
        Console.SetError(said);
        try
        {
            return (CommandLine.Run(arguments), written.ToString(), said.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    /// <summary>Runs <c>nvme-vfio COMMAND BDF OPTIONS…</c>.</summary>
    public (int ExitCode, string Output, string Error) Run(string command, params string[] options) => RunAny([command, Address, .. options]);

    /// <summary>Runs it, which must succeed.</summary>
    /// <returns>What it said.</returns>
    public string Do(string command, params string[] options)
    {
        (int exitCode, _, string error) = Run(command, options);
        Assert.True(exitCode == 0, $"{command}: {exitCode}: {error}");
        return error;
    }

    /// <summary>Runs it with <c>--json</c>, which must succeed and say nothing else.</summary>
    public JsonElement Report(string command, params string[] options)
    {
        (int exitCode, string output, string error) = Run(command, [.. options, "--json"]);
        Assert.Equal((0, string.Empty), (exitCode, error));
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Starts it in a process of its own.</summary>
    public Process Start(string command, params string[] options)
        => Command.StartProgram("Vfio.Nvme.Tool", "nvme-vfio.dll", [command, Address, .. options]);

    /// <summary>A file with this in it.</summary>
    public string Write(byte[] data)
    {
        string name = Path.Combine(_folder.FullName, "in");
        File.WriteAllBytes(name, data);
        return name;
    }

    /// <summary>Blocks, as the command reads them.</summary>
    public byte[] Read(params string[] options)
    {
        string name = Path.Combine(_folder.FullName, "out");
        Assert.Equal(string.Empty, Do("read", [.. options, "-o", name]));
        return File.ReadAllBytes(name);
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _binding.Restore();
    }
}
