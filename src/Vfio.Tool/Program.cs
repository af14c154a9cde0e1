using System.CommandLine;
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
        Console.Error.WriteLine($"vfio: {error.Message}");
    }

    string command = parsed.CommandResult.Command is RootCommand ? string.Empty : $" {parsed.CommandResult.Command.Name}";
    Console.Error.WriteLine($"Try 'vfio{command} --help'.");
    return ExitCode.Usage;
}

try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (VfioException error)
{
    Console.Error.WriteLine($"vfio: {error.Message}");
    return ExitCode.For(error.Kind);
}
catch (Exception error) when (error is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"vfio: {error.Message}");
    return error is UnauthorizedAccessException ? ExitCode.NoPermission : ExitCode.Failed;
}
