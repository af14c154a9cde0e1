using System.CommandLine;
using Vfio.Nvme.Tool;
using Vfio.Nvme.Tool.Commands;

namespace Vfio.Nvme.Tests.Tool;

public sealed class CommandLineTests
{
    private const string Address = "0000:00:04.0";

    [Theory]
    [InlineData("'0000:00:04' is not a PCI address", "identify", "0000:00:04")]
    [InlineData("'nvme0' is not a PCI address", "perf", "nvme0", "--json")]
    [InlineData("--bs: '0' is not a size", "perf", Address, "--bs", "0")]
    [InlineData("--bs: '4x' is not a size", "verify", Address, "--bs", "4x")]
    [InlineData("--bs: '-512' is not a size", "format", Address, "--force", "--bs", "-512")]
    [InlineData("--qd: '0' is not a queue depth from 1 to 4096", "perf", Address, "--qd", "0")]
    [InlineData("--qd: '4097' is not a queue depth", "verify", Address, "--qd", "4097")]
    [InlineData("--queues: '0' is not a number of queues", "verify", Address, "--queues", "0")]
    [InlineData("--namespace: '0' is not a namespace", "read", Address, "--namespace", "0")]
    [InlineData("--block: '-1' is not a block", "write", Address, "--block", "-1")]
    [InlineData("--rw: 'trim' is not a pattern", "perf", Address, "--rw", "trim")]
    [InlineData("--wait: 'sleep' is not a way to wait", "read", Address, "--wait", "sleep")]
    [InlineData("--time: '0' is not a time", "perf", Address, "--time", "0")]
    [InlineData("nvme1", "identify", Address, "nvme1")]
    [InlineData("Required argument 'BDF' missing", "identify")]
    public void Wrong_arguments_are_named_in_one_line(string problem, params string[] arguments)
    {
        ParseResult parsed = CommandLine.Create().Parse(arguments);

        string message = Assert.Single(parsed.Errors).Message;
        Assert.Contains(problem, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_format_takes_force_before_it_takes_the_device()
        => Assert.Throws<UsageException>(static () => CommandLine.Create().Parse(["format", Address]).Invoke(new() { EnableDefaultExceptionHandler = false }));

    [Theory]
    [InlineData("verify", "Overwrites ")]
    [InlineData("perf", "Overwrites ")]
    [InlineData("write", "over what is there")]
    [InlineData("format", "Lose all data ")]
    public void What_loses_data_says_so_in_its_help(string name, string words)
    {
        Command command = Assert.Single(CommandLine.Create().Subcommands, command => command.Name == name);

        Assert.Contains(words, command.Description!, StringComparison.Ordinal);
    }
}
