using System.CommandLine;
using Vfio.Core;
using Vfio.Nvme.Tool;
using Vfio.Nvme.Tool.Commands;

var root = new RootCommand("Drives an NVMe controller from user space, through VFIO. 'vfio bind BDF' takes it from the kernel first, 'vfio restore BDF' gives it back.")
{
    ListCommand.Create(),
    IdentifyCommand.Create(),
    ReadCommand.Create(),
    WriteCommand.Create(),
    VerifyCommand.Create(),
    PerfCommand.Create(),
    FormatCommand.Create(),
};

ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"nvme-vfio: {error.Message}");
    }

    Console.Error.WriteLine("Try 'nvme-vfio --help'.");
    return ExitCode.Usage;
}

try
{
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException error)
{
    Console.Error.WriteLine($"nvme-vfio: {error.Message}");
    return ExitCode.Usage;
}
catch (VfioException error)
{
    Console.Error.WriteLine($"nvme-vfio: {error.Message}");
    return ExitCode.For(error.Kind);
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
{
    Console.Error.WriteLine($"nvme-vfio: {error.Message}");
    return error is UnauthorizedAccessException ? ExitCode.NoPermission : ExitCode.Failed;
}
