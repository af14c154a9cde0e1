using System.CommandLine;
using Vfio.Tool.Commands;

namespace Vfio.Tool.Tests.Commands;

public sealed class ConfigCommandTests
{
    [Theory]
    [InlineData("0000:00:03.0")]
    [InlineData("00:03.0", "--json", "--raw")]
    [InlineData("10000:00:03.0", "--vfio")]
    [InlineData("00:03.0", "--root", "/captured")]
    public void What_makes_sense_is_taken(params string[] arguments) => Assert.Empty(Parse(arguments).Errors);

    [Theory]
    [InlineData("'nonsense' is not a PCI address; write domain:bus:device.function, such as 0000:00:03.0.", "nonsense")]
    [InlineData("Required argument 'BDF' missing for command: 'config'.")]
    [InlineData("Unrecognized command or argument '--sysfs'.", "00:03.0", "--sysfs")]
    [InlineData("--vfio opens a device of this host, and --root names another host; leave one of them out.", "00:03.0", "--vfio", "--root", "/captured")]
    public void What_does_not_is_an_error(string message, params string[] arguments)
        => Assert.Equal(message, Assert.Single(Parse(arguments).Errors).Message);

    private static ParseResult Parse(string[] arguments) => new RootCommand("test") { ConfigCommand.Create() }.Parse(["config", .. arguments]);
}
