using System.IO.Enumeration;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Assignability;

/// <summary>A report on a captured host is the report on the host. What was captured stays in <c>artifacts/capture</c>, for the host to report on.</summary>
public sealed class CaptureTests
{
    [Fact]
    public void Reports_on_the_captured_machine_are_those_on_the_machine()
    {
        using var held = new Taken(TestDevice.Edu());
        using DriverBinding nvme = DriverBinding.Bind(TestDevice.Nvme(), "nvme");
        using DriverBinding network = DriverBinding.Bind(TestDevice.BridgedE1000(), "e1000");
        string folder = Folder();
        CaptureSummary summary = HostCapture.Write(HostTree.Local, folder);
        var live = new PciHost(HostTree.Local);
        var captured = new PciHost(HostTree.At(folder));

        Assert.Equal(live.Functions.Count, summary.Functions);
        Assert.Equal(live.Functions.Select(static function => function.Address), captured.Functions.Select(static function => function.Address));
        foreach (PciFunction function in live.Functions)
        {
            Assert.Equivalent(DeviceInspector.Inspect(live, function.Address), DeviceInspector.Inspect(captured, function.Address), strict: true);
        }

        Assert.Equivalent(GroupInspector.Inspect(live), GroupInspector.Inspect(captured), strict: true);
    }

    [Fact]
    public void A_capture_of_the_capture_is_the_same()
    {
        Mode.RequireBest();
        string parent = Directory.CreateTempSubdirectory("vfio-capture-").FullName;
        string first = Path.Combine(parent, "first");
        string second = Path.Combine(parent, "second");

        (int exitCode, string output, string error) = Command.Vfio("capture", first);
        Assert.True(exitCode == 0, error);
        Assert.Contains("PCI functions", output, StringComparison.Ordinal);
        Assert.Equal(0, Command.Vfio("capture", second, "--root", first).ExitCode);

        Assert.Equal(Entries(first), Entries(second), StringComparer.Ordinal);
        Assert.Equal(Command.Vfio("list", "--json").Output, Command.Vfio("list", "--json", "--root", second).Output);
        Assert.Equal(Command.Vfio("groups", "--json").Output, Command.Vfio("groups", "--json", "--root", second).Output);
        Directory.Delete(parent, recursive: true);
    }

    // Links of sysfs lead in circles, and are compared instead of followed.
    private static string[] Entries(string folder)
    {
        var entries = new FileSystemEnumerable<string>(
            folder,
            (ref entry) => $"{Path.GetRelativePath(folder, entry.ToFullPath())} {Content(entry.ToFullPath())}",
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldRecursePredicate = static (ref entry) => (entry.Attributes & FileAttributes.ReparsePoint) == FileAttributes.None,
        };
        return [.. entries.Order(StringComparer.Ordinal)];
    }

    private static string Content(string path)
        => new FileInfo(path).LinkTarget ?? (Directory.Exists(path) ? "folder" : Convert.ToHexString(File.ReadAllBytes(path)));

    // For each mode its own, because the modes run one after the other and leave what they wrote.
    private static string Folder()
    {
        string mode = Environment.GetEnvironmentVariable("VFIO_TEST_MODE") is { Length: > 0 } said ? said : "default";
        string parent = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../capture"));
        _ = Directory.CreateDirectory(parent);
        string folder = Path.Combine(parent, mode);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return folder;
    }
}
