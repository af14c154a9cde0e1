using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Output;
using Vfio.Tool.Reset;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio reset BDF</c>: resets a function, or all that shares its bus.</summary>
internal sealed class ResetCommand
{
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<bool> _json = JsonOption.Create();

    private readonly Option<bool> _function = new("--function")
    {
        Description = "Reset the function alone. The default where VFIO offers it.",
    };

    private readonly Option<bool> _hot = new("--hot")
    {
        Description = "Reset the bus or slot that the function is on, and all that is on it. All of it must be bound to a VFIO driver, and not in use.",
    };

    public static Command Create()
    {
        var self = new ResetCommand();
        var command = new Command("reset", "Reset a function that is bound to a VFIO driver and that nobody has open.")
        {
            self._device,
            self._function,
            self._hot,
            self._json,
        };
        ValueOption.AddCheck(command, self.Check);
        command.SetAction(self.Run);
        return command;
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(_function) && result.GetValue(_hot))
        {
            result.AddError("--function and --hot exclude each other; leave one out.");
        }
    }

    private int Run(ParseResult parsed)
    {
        ResetKind? wanted = parsed.GetValue(_hot) ? ResetKind.Hot : parsed.GetValue(_function) ? ResetKind.Function : null;
        var run = new ResetRun(parsed.GetRequiredValue(_device), wanted, Console.Error);
        int code = run.Run();
        ResetDocument document = run.Document;
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(document, TypedJson.Context.ResetDocument));
        }
        else if (document.Ok)
        {
            Console.Out.WriteLine($"reset: {string.Join(", ", document.Affected)}");
        }

        return code;
    }
}
