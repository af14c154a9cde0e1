using System.CommandLine;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Handover;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio restore BDF…</c>: brings functions back to the drivers that they had.</summary>
internal sealed class RestoreCommand
{
    private readonly HandoverSteps _steps;
    private readonly Argument<PciAddress[]> _devices = DeviceArgument.CreateMany();
    private readonly Option<bool> _json = JsonOption.Create();
    private readonly Option<TimeSpan?> _timeout = TimeoutOption.Create();

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Take them from programs that have them open, too. The kernel asks such a program to let go, and waits until it does.",
    };

    private RestoreCommand(HandoverSteps steps) => _steps = steps;

    public static Command Create() => Create(HandoverSteps.Default);

    /// <summary>The command with other steps, for tests.</summary>
    public static Command Create(HandoverSteps steps)
    {
        var self = new RestoreCommand(steps);
        var command = new Command("restore", "Bring functions back to the drivers that they had before 'vfio bind', the last first.")
        {
            self._devices,
            self._force,
            self._timeout,
            self._json,
        };
        command.SetAction(self.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        using var delay = new SignalDelay(_steps.Error.WriteLine);
        HandoverResult result = _steps.Restore(parsed.GetRequiredValue(_devices), new RestoreOptions
        {
            Force = parsed.GetValue(_force),
            Timeout = parsed.GetValue(_timeout) ?? BindOptions.DefaultTimeout,
        });
        return HandoverOutput.Write(result, parsed.GetValue(_json), _steps);
    }
}
