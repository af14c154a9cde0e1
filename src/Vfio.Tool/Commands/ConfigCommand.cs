using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Config;
using Vfio.Tool.Output;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio config BDF</c>: the configuration space of a function, decoded.</summary>
internal sealed class ConfigCommand
{
    private readonly Argument<PciAddress> _device = DeviceArgument.Create();
    private readonly Option<bool> _json = JsonOption.Create();

    private readonly Option<string?> _root = RootOption.Create();

    private readonly Option<bool> _vfio = new("--vfio")
    {
        Description = "Read it through VFIO, as the owner of the device sees it. This opens the device, which resets it where it can be reset.",
    };

    private readonly Option<bool> _raw = new("--raw") { Description = "Show the bytes, too." };

    public static Command Create()
    {
        var self = new ConfigCommand();
        var command = new Command("config", "Show the configuration space of a function: header, BARs and capabilities.")
        {
            self._device,
            self._json,
            self._root,
            self._vfio,
            self._raw,
        };
        ValueOption.AddCheck(command, self.Check);
        command.SetAction(self.Run);
        return command;
    }

    private static PciConfigImage ReadSysfs(PciFunction function) => function.ConfigImage
        ?? throw new IOException(
            $"{function.Address}: {function.Config.Path} shows no configuration space ({function.Config.Problem ?? "it is missing or empty"}); look whether sysfs "
            + "is mounted, and whether the function is still there.");

    // A function without a driver is lent to VFIO for the moment. From a host driver it is not taken, only to be looked at.
    private static PciConfigImage ReadVfio(PciFunction function)
    {
        using DriverBinding? binding = function.Driver is null ? DriverBinding.Bind(function.Address) : null;
        PciConfigImage image;
        using (VfioDevice device = VfioDevice.Open(function.Address))
        {
            image = PciConfigImage.Read(device.Config);
        }

        binding?.Restore();
        return image;
    }

    private void Check(CommandResult result)
    {
        if (result.GetValue(_vfio) && result.GetValue(_root) is not null)
        {
            result.AddError("--vfio opens a device of this host, and --root names another host; leave one of them out.");
        }
    }

    private int Run(ParseResult parsed)
    {
        PciFunction function = RootOption.Host(parsed.GetValue(_root)).Get(parsed.GetRequiredValue(_device));
        bool vfio = parsed.GetValue(_vfio);
        bool raw = parsed.GetValue(_raw);
        PciConfigImage image = vfio ? ReadVfio(function) : ReadSysfs(function);
        ConfigReport report = ConfigReport.Of(
            function.Address, function.VendorId, function.DeviceId, image, vfio ? ConfigSource.Vfio : ConfigSource.Sysfs, PciNames.Load(), raw);
        if (parsed.GetValue(_json))
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(report, ToolJson.Default.ConfigReport));
            return ExitCode.Done;
        }

        var text = new ConfigText(Console.Out);
        text.Write(report);
        if (raw)
        {
            text.Dump(image.Bytes);
        }

        return ExitCode.Done;
    }
}
