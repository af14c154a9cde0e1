using System.Globalization;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

public sealed class SampleTests
{
    [Fact]
    public void The_example_of_the_readme_runs()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Edu();

        (int exitCode, string output, string error) = Command.Program("QuickStart", "QuickStart.dll", address.ToString());

        Assert.Equal(string.Empty, error);
        Assert.Equal(0, exitCode);
        Assert.Equal($"{address} read 4096 bytes at IOVA 0x10000 and interrupted 1 time.\n", output);
        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void The_driver_of_the_tutorial_runs()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Edu();

        (int exitCode, string output, string error) = Command.Program("EduDriver", "EduDriver.dll", address.ToString());

        Assert.Equal(string.Empty, error);
        Assert.Equal(0, exitCode);
        Assert.Equal(
            "10! = 3628800, and by interrupt 12! = 479001600\nthe device gave back what it was given: True\n", output);
        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void The_driver_of_the_tutorial_leaves_another_device_alone()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Nvme();

        (int exitCode, string output, string error) = Command.Program("EduDriver", "EduDriver.dll", address.ToString());

        Assert.Equal(
            $"{address} is 1b36:0010, which is no edu (1234:11e8). It is left as it was; vfio list shows what is where.\n", error);
        Assert.Equal(1, exitCode);
        Assert.Equal(string.Empty, output);
        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void The_driver_of_the_tutorial_says_how_it_is_called()
    {
        Mode.RequireBest();
        string[][] wrong = [[], ["0000:00:03"], ["0000:00:03.0", "0000:00:03.0"]];

        Assert.All(wrong, static arguments => Assert.Equal(
            (2, string.Empty, "usage: EduDriver ADDRESS, such as EduDriver 0000:00:03.0\n"),
            Command.Program("EduDriver", "EduDriver.dll", arguments)));
    }

    [Fact]
    public void The_command_lists_the_device_with_its_group()
    {
        PciFunction function = PciFunction.Read(TestDevice.Any());

        (int exitCode, string output, _) = Command.Vfio("list", "--json");

        Assert.Equal(0, exitCode);
        Assert.Contains($"\"device\": \"{function.Address}\",\n    \"group\": {function.IommuGroup?.ToString(CultureInfo.InvariantCulture) ?? "null"},", output, StringComparison.Ordinal);
    }
}
