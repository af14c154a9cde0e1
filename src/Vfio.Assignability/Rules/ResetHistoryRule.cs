using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What is known of resets of devices like this one. Tables of ids, as of the end of 2026.</summary>
internal sealed class ResetHistoryRule : IRule
{
    private const ushort Ati = 0x1002;
    private const ushort Amd = 0x1022;

    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        ResetPath path = report.Reset;
        bool hasOwnReset = path.Methods.Any(static method => method is "device_specific" or "flr" or "af_flr" or "acpi")
            || (path.Methods.Count == 0 && path.Report is { Class: ResetClass.R0, Effective: not "pm" });
        if (device.VendorId == Ati && device.ClassCode >> 16 == 0x03 && !device.IsVirtualFunction && !hasOwnReset)
        {
            report.Add(IsIntegrated(device) ? Apu(device, path) : Card(device, path));
        }

        if (ConfigFacts.Of(device).HasFunctionLevelReset == true && ResetQuirks.RefusesFunctionLevelReset(device))
        {
            report.Add(Risk(
                device,
                Severity.Info,
                $"{device} advertises FLR, a reset of its own, but a quirk of the kernel refuses it, because this model ({device.Ids}) hangs on it",
                "The reset class goes by what the kernel does, not by the capability",
                path));
        }

        if (ResetQuirks.IsLostByReset(device) && path.Report.Class == ResetClass.R0)
        {
            report.Add(Risk(
                device,
                Severity.Warning,
                $"Devices of this model ({device.Ids}) have been reported to stop answering after VFIO's reset until the host is rebooted",
                "Opening the device resets it",
                path));
        }

        if (ResetQuirks.IgnoresPowerReset(device) && path.Report.Effective == "pm")
        {
            report.Add(Risk(device, Severity.Warning, $"Devices of this model ({device.Ids}) keep their state through a change of power state", "The reset that the kernel lists does nothing", path));
        }
    }

    // An APU's graphics sits on the root bus, or on an internal bus with other parts of the processor.
    private static bool IsIntegrated(PciFunction device)
        => device.IsOnRootBus == true || device.Siblings.Any(static other => other.VendorId == Amd);

    private static Finding Apu(PciFunction device, ResetPath path)
    {
        PciFunction[] companions = [.. device.Siblings];
        return new Finding(
            FindingCode.ApuResetRisk,
            Severity.Warning,
            Confidence.Heuristic,
            $"{device} is AMD's integrated graphics, without a reset of its own{(companions.Length == 0 ? string.Empty : $", on a bus with {Texts.WithDrivers(companions)}")}",
            "The first start in a guest probably works; a second one, or the return to the host, probably not until the host is rebooted",
            [Evidence.Of(device.Vendor), Evidence.Of(device.Class), new Evidence(path.List.Path, path.List.Text)],
            Texts.Advice("Plan for one start for each boot of the host. A module with resets for single models (vendor-reset) shows as device_specific in reset_method"),
            [device.Address],
            "C11");
    }

    private static Finding Card(PciFunction device, ResetPath path) => new(
        FindingCode.HeuristicReset,
        Severity.Warning,
        Confidence.Heuristic,
        $"{device} is an AMD graphics card without a reset of its own; many of its family do not recover by a reset of the bus",
        "The first start in a guest probably works; a second one may not until the host is rebooted or suspended",
        [Evidence.Of(device.Vendor), Evidence.Of(device.Class), new Evidence(path.List.Path, path.List.Text)],
        Texts.Advice("Try two starts in a row before relying on it. A module with resets for single models (vendor-reset) shows as device_specific in reset_method"),
        [device.Address],
        "C12");

    private static Finding Risk(PciFunction device, Severity severity, string message, string consequence, ResetPath path) => new(
        FindingCode.HeuristicReset,
        severity,
        Confidence.Heuristic,
        message,
        consequence,
        [Evidence.Of(device.Vendor), Evidence.Of(device.Device), new Evidence(path.List.Path, path.List.Text)],
        null,
        [device.Address],
        "C13");
}
