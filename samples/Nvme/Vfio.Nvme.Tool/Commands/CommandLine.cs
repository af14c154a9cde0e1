using System.CommandLine;
using Vfio.Core;

namespace Vfio.Nvme.Tool.Commands;

/// <summary>What <c>nvme-vfio</c> is called with, and what it answers where that cannot be done.</summary>
internal static class CommandLine
{
    /// <summary>All commands.</summary>
    public static RootCommand Create()
        => new("Drives an NVMe controller from user space, through VFIO. 'vfio bind BDF' takes it from the kernel first, 'vfio restore BDF' gives it back.")
        {
            ListCommand.Create(),
            IdentifyCommand.Create(),
            ReadCommand.Create(),
            WriteCommand.Create(),
            VerifyCommand.Create(),
            PerfCommand.Create(),
            FormatCommand.Create(),
        };

    /// <summary>Does what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(params string[] arguments)
    {
        ParseResult parsed = Create().Parse(arguments);
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
            return Fail(error, ExitCode.Usage);
        }
        catch (VfioException error)
        {
            return Fail(error, ExitCode.For(error.Kind));
        }
        catch (UnauthorizedAccessException error)
        {
            return Fail(error, ExitCode.NoPermission);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            return Fail(error, ExitCode.Failed);
        }
    }

    private static int Fail(Exception error, int exitCode)
    {
        Console.Error.WriteLine($"nvme-vfio: {error.Message}");
        return exitCode;
    }
}
