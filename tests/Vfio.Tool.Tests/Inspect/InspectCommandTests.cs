using System.Text.Json;
using Vfio.Assignability;

namespace Vfio.Tool.Tests.Inspect;

public sealed class InspectCommandTests
{
    private const string Device = "0000:01:00.0";

    [Theory]
    [InlineData(Verdict.Yes, 0)]
    [InlineData(Verdict.After, 10)]
    [InlineData(Verdict.Reboot, 11)]
    [InlineData(Verdict.Unsafe, 12)]
    [InlineData(Verdict.No, 13)]
    [InlineData(Verdict.Unknown, 14)]
    public void The_exit_code_is_the_verdict(Verdict verdict, int code)
    {
        AssignabilityReport report = SampleReports.Of(verdict);

        Assert.Equal(code, CommandRun.Of(report, null, Device).ExitCode);
        Assert.Equal(code, CommandRun.Of(report, null, Device, "--json").ExitCode);
    }

    [Fact]
    public void A_need_is_handed_on_in_bytes()
    {
        Assert.Equal(16L << 30, CommandRun.Of(SampleReports.Yes, null, Device, "--need", "16GiB").Options?.Need);
        Assert.Equal(16L << 30, CommandRun.Of(SampleReports.Yes, null, Device, "--need", "16G").Options?.Need);
        Assert.Equal(4096, CommandRun.Of(SampleReports.Yes, null, Device, "--need=4096").Options?.Need);
        Assert.Null(CommandRun.Of(SampleReports.Yes, null, Device).Options?.Need);
    }

    [Fact]
    public void A_proof_says_beforehand_that_it_resets_and_its_verdict_is_the_one_that_counts()
    {
        CommandRun run = CommandRun.Of(SampleReports.Yes, SampleReports.Unsafe, Device, "--prove", "--json");

        Assert.Equal(ExitCode.Unsafe, run.ExitCode);
        Assert.Equal("vfio: 0000:01:00.0: asking the kernel; opening the device resets it\n", run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("unsafe", json.RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public void A_captured_host_must_be_there()
    {
        Assert.Throws<DirectoryNotFoundException>(() => CommandRun.Of(SampleReports.Yes, null, Device, "--root", "/nowhere/at/all"));
        Assert.Equal(ExitCode.Done, CommandRun.Of(SampleReports.Yes, null, Device, "--root", "/").ExitCode);
    }

    [Theory]
    [InlineData("Name the device, such as 0000:01:00.0, or a code with --explain.")]
    [InlineData("Name the device, such as 0000:01:00.0, or a code with --explain.", "--json")]
    [InlineData("'nvme0' is not a PCI address; write domain:bus:device.function, such as 0000:00:03.0.", "nvme0")]
    [InlineData("--need: '1X' is not a size; write bytes, or K, M, G with or without iB: 4096, 64K, 2MiB, 1G.", Device, "--need", "1X")]
    [InlineData("--prove asks this host's kernel, and a captured host has none; leave --root or --prove out.", Device, "--prove", "--root", "/")]
    [InlineData("--explain prints a page; leave --root, --prove and --need out.", "--explain", "GroupNotViable", "--prove")]
    [InlineData("--explain prints a page; leave --root, --prove and --need out.", "--explain", "GroupNotViable", "--need", "4K")]
    public void What_makes_no_sense_is_an_error_that_says_what_would(string message, params string[] arguments)
        => Assert.Equal(message, Assert.Single(CommandRun.Errors(arguments)));
}
