using System.CommandLine;
using Vfio.Assignability;
using Vfio.Core;
using Vfio.Tool.Handover;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio bind BDF…</c>: hands functions over to a VFIO driver, all or none.</summary>
internal sealed class BindCommand
{
    private readonly HandoverSteps _steps;
    private readonly Argument<PciAddress[]> _devices = DeviceArgument.CreateMany();
    private readonly Option<bool> _json = JsonOption.Create();
    private readonly Option<TimeSpan?> _timeout = TimeoutOption.Create();

    private readonly Option<string?> _driver = ValueOption.Create<string?>(
        "--driver", "NAME", "The driver that takes them. vfio-pci unless given; there are variants, such as mlx5_vfio_pci.", Driver);

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Take what the host uses, too: a mounted disk, the default route, the only display. The host loses it.",
    };

    private readonly Option<bool> _group = new("--group")
    {
        Description = "Take the other devices of the IOMMU groups too, where their drivers keep a group with the host.",
    };

    private BindCommand(HandoverSteps steps) => _steps = steps;

    public static Command Create() => Create(HandoverSteps.Default);

    /// <summary>The command with other steps, for tests.</summary>
    public static Command Create(HandoverSteps steps)
    {
        var self = new BindCommand(steps);
        var command = new Command("bind", "Hand functions over to vfio-pci, all or none. 'vfio restore' brings them back.")
        {
            self._devices,
            self._driver,
            self._group,
            self._force,
            self._timeout,
            self._json,
        };
        command.SetAction(self.Run);
        return command;
    }

    private static string Driver(string text) => text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        ? text
        : throw new FormatException($"'{text}' is not the name of a driver.");

    private int Run(ParseResult parsed)
    {
        using var delay = new SignalDelay(_steps.Error.WriteLine);
        HandoverResult result = _steps.Bind(parsed.GetRequiredValue(_devices), new BindOptions
        {
            Driver = parsed.GetValue(_driver) ?? DriverBinding.DefaultDriver,
            WholeGroups = parsed.GetValue(_group),
            Force = parsed.GetValue(_force),
            Timeout = parsed.GetValue(_timeout) ?? BindOptions.DefaultTimeout,
        });
        return HandoverOutput.Write(result, parsed.GetValue(_json), _steps);
    }
}
