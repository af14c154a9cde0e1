using System.Diagnostics;
using System.Text.Json;

namespace Vfio.Tool.Tests.Inspect;

/// <summary>The command as a shell runs it.</summary>
public sealed class ProcessTests : IDisposable
{
    private const string Device = "0000:01:00.0";

    private readonly string _root = Directory.CreateTempSubdirectory("vfio-inspect-").FullName;

    public ProcessTests()
    {
        string folder = Path.Combine(_root, "sys/bus/pci/devices", Device);
        _ = Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "vendor"), "0x144d\n");
        File.WriteAllText(Path.Combine(folder, "device"), "0xa808\n");
        File.WriteAllText(Path.Combine(folder, "class"), "0x010802\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void With_json_standard_output_is_one_object()
    {
        (int code, string output, _) = Run(Device, "--json", "--root", _root);

        using var json = JsonDocument.Parse(output);
        Assert.Equal(Device, json.RootElement.GetProperty("device").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("schema").GetInt32());
        Assert.Contains(code, new[] { ExitCode.After, ExitCode.Reboot, ExitCode.Unsafe, ExitCode.No, ExitCode.Unknown });
    }

    [Fact]
    public void In_a_pipe_there_are_no_escape_codes()
    {
        (int code, string output, string error) = Run(Device, "--root", _root);

        Assert.StartsWith(Device, output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
        Assert.Empty(error);
        Assert.NotEqual(ExitCode.Failed, code);
    }

    [Fact]
    public void A_wrong_line_is_64_and_what_is_not_there_66()
    {
        Assert.Equal((ExitCode.Usage, string.Empty), Code(Run()));
        Assert.Equal((ExitCode.Usage, string.Empty), Code(Run(Device, "--prove", "--root", _root)));
        Assert.Equal((ExitCode.Usage, string.Empty), Code(Run("--explain", "Nothing")));
        Assert.Equal((ExitCode.NoInput, string.Empty), Code(Run(Device, "--json", "--root", Path.Combine(_root, "nowhere"))));
        Assert.Equal((ExitCode.NoSuchDevice, string.Empty), Code(Run("0000:09:00.0", "--json", "--root", _root)));
    }

    private static (int Code, string Output) Code((int Code, string Output, string Error) run)
    {
        Assert.StartsWith("vfio: ", run.Error, StringComparison.Ordinal);
        return (run.Code, run.Output);
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "vfio.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, "inspect", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
