using System.CommandLine;
using Vfio.Core;
using Vfio.Tool;
using Vfio.Tool.Bench;
using Vfio.Tool.Commands;

var root = new RootCommand("Shows PCI functions and what giving one away would take, gives them away and brings them back, and drives, resets and measures a device from user space through VFIO.")
{
    ListCommand.Create(),
    InspectCommand.Create(),
    ConfigCommand.Create(),
    BindCommand.Create(),
    RestoreCommand.Create(),
    GroupsCommand.Create(),
    CaptureCommand.Create(),
    DemoCommand.Create(),
    ResetCommand.Create(),
    BenchCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"vfio: {error.Message}");
    }

    Console.Error.WriteLine($"Try '{CommandPath.Of(parsed)} --help'.");
    return ExitCode.Usage;
}

try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException error)
{
    Console.Error.WriteLine($"vfio: {error.Message}");
    return ExitCode.Usage;
}
catch (VfioException error)
{
    Console.Error.WriteLine($"vfio: {error.Message}");
    return ExitCode.For(error.Kind);
}
catch (DirectoryNotFoundException error)
{
    Console.Error.WriteLine($"vfio: {error.Message}");
    return ExitCode.NoInput;
}
catch (Exception error) when (error is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"vfio: {error.Message}");
    return error is UnauthorizedAccessException ? ExitCode.NoPermission : ExitCode.Failed;
}
