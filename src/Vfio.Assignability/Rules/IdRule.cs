using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Which devices does the kernel's command line reserve for VFIO by their ids?</summary>
internal sealed class IdRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        CommandLine options = report.Kernel.CommandLine;
        string[] ids = [.. options.Parts("vfio_pci.ids")];
        if (!ids.Any(id => Matches(id, device)))
        {
            return;
        }

        PciFunction[] twins = [.. report.Host.Functions.Where(other => other != device && ids.Any(id => Matches(id, other) && Matches(id, device)))];
        if (twins.Length > 0)
        {
            Collision(report, device, twins, options);
        }

        if (device.Driver is { } driver && !device.IsOnVfio)
        {
            report.Add(new Finding(
                FindingCode.LostBootRace,
                Severity.Warning,
                Confidence.Derived,
                $"The kernel's command line asks for vfio-pci on {device.Ids}, and {driver} has {device}",
                "The other driver is built in, or was loaded earlier; or it was bound again after the boot",
                [options.As(Word(options)), Evidence.Of(device.DriverLink)],
                Texts.Advice($"Have vfio-pci loaded first: in the initramfs, and with a softdep of {driver} on vfio-pci; or set driver_override by address"),
                [device.Address],
                "C6"));
        }
    }

    private static string? Word(CommandLine options) => options.Values("vfio_pci.ids").FirstOrDefault() is { } value ? $"vfio-pci.ids={value}" : null;

    private static void Collision(Inspection report, PciFunction device, PciFunction[] twins, CommandLine options)
    {
        FunctionUse[] critical = [.. twins.SelectMany(report.Uses.FindUses).Where(static use => use.IsCritical)];
        report.Add(new Finding(
            FindingCode.IdCollision,
            Severity.Warning,
            Confidence.Derived,
            $"vfio-pci.ids= means every {device.Ids}: not only {device} but {Texts.WithDrivers(twins)} too{(critical.Length == 0 ? string.Empty : $", on which {Texts.Join(critical)}")}",
            "At the next boot vfio-pci may take them all from the host, or the wrong one",
            [options.As(Word(options)), .. twins.Select(static twin => Evidence.Of(twin.Device))],
            new Remedy(
                "Remove the ids from the command line, and reserve this one by its address",
                [Texts.Write(DriverBinding.DefaultDriver, $"{device.Path}/driver_override")],
                Reversible: true,
                Reboot: false),
            Texts.Addresses(twins),
            "C6"));
    }

    // VENDOR:DEVICE[:SUBVENDOR[:SUBDEVICE[:CLASS[:MASK]]]]; ffffffff is any.
    private static bool Matches(string text, PciFunction function)
    {
        uint?[] parts = [.. text.Split(':').Select(static part => uint.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) ? value : (uint?)null)];
        return parts.Length is >= 2 and <= 6
            && parts.All(static part => part is not null)
            && Same(parts[0], function.Vendor)
            && Same(parts[1], function.Device)
            && (parts.Length < 3 || Same(parts[2], function.SubsystemVendor))
            && (parts.Length < 4 || Same(parts[3], function.SubsystemDevice))
            && (parts.Length < 5 || ((parts[4] ^ function.ClassCode) & (parts.Length < 6 ? 0 : parts[5])) == 0);
    }

    private static bool Same(uint? wanted, HostFact<uint> fact) => wanted == uint.MaxValue || (fact.IsKnown && fact.Value == wanted);
}
