using System.CommandLine;
using Spectre.Console;
using Vfio.Core;
using Vfio.Tool;
using Vfio.Tool.Commands;

var root = new RootCommand("Shows PCI functions, and drives a device from user space through VFIO.")
{
    ListCommand.Create(),
    DemoCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync($"vfio: {error.Message}");
    }

    await Console.Error.WriteLineAsync("Try 'vfio --help'.");
    return ExitCode.Usage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (VfioException error)
{
    await Console.Error.WriteLineAsync($"vfio: {error.Message}");
    return ExitCode.For(error.Kind);
}
