using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Can the device be brought into a clean state between its users, and what else does that hit?</summary>
internal sealed class ResetRule : IRule
{
    public void Apply(Inspection report)
    {
        var path = ResetPath.Of(report.Device, report.Kernel.Version, report.Uses);
        report.Reset = path;
        if (path.List.IsUnknown)
        {
            report.Miss(UnknownFact.Of("the ways to reset the device", path.List));
        }

        if (report.Device.IsOnRootBus is null)
        {
            report.Miss(new UnknownFact("which bridge the device is behind", report.Device.Path, "its link does not lead into the tree of devices"));
        }

        if (path.IsStale)
        {
            report.Add(Stale(path));
        }

        if (path.Report.Class == ResetClass.R3 || (path.RestsOnPower && path.SetBlockers.Count > 0))
        {
            report.Add(NotOwned(report, path));
        }

        if (path.Report.Class == ResetClass.R4)
        {
            report.Add(path.IsListEmpty && path.Device is { IsVirtualFunction: false, IsBridge: false } && IsDisabled(path) ? Disabled(path) : None(path));
        }
    }

    private static Finding Stale(ResetPath path)
    {
        string why = path.Device.IsOnRootBus == true ? "it is on a root bus, which no bridge can reset"
            : path.Set.Count > 1 ? $"{Texts.Join(path.Set.Where(member => member != path.Device))} {(path.Set.Count == 2 ? "is" : "are")} on or behind the same bus"
            : path.Device.IsBridge ? "it is a bridge"
            : "the kernel knows that a reset of this bus does harm";
        return new Finding(
            FindingCode.ResetMethodStale,
            path.FunctionComesFirst ? Severity.Info : Severity.Warning,
            Confidence.Derived,
            $"reset_method lists bus, which cannot work for {path.Device}: {why}",
            "The list was made before the bus was complete. A reset by it fails with ENOTTY (Inappropriate ioctl for device)",
            [Evidence.Of(path.List)],
            Texts.Fix("Have the kernel look again, which makes the list true", Texts.Write("default", path.List.Path)),
            [path.Device.Address],
            "C12");
    }

    private static Finding NotOwned(Inspection report, ResetPath path)
    {
        PciFunction[] endpoints = [.. path.SetBlockers.Where(static member => !member.IsBridge && !member.IsOnVfio)];
        PciFunction[] bridges = [.. path.SetBlockers.Where(static member => member.IsBridge)];
        bool critical = endpoints.Any(report.IsCritical);
        bool weak = path.Report.Class == ResetClass.R0;
        return new Finding(
            FindingCode.ResetSetNotOwned,
            weak ? Severity.Info : Severity.Warning,
            Confidence.Derived,
            weak
                ? $"{path.Device} is reset by a change of its power state alone, which some devices survive; the stronger reset of its bus would also hit {Texts.WithDrivers(path.SetBlockers)}"
                : $"A reset of {path.Device} is one of its bus, which would also hit {Texts.WithDrivers(path.SetBlockers)}",
            bridges.Length > 0
                ? $"VFIO's hot reset is refused (EINVAL): {Texts.Join(bridges)} can never be the user's"
                : "VFIO's hot reset is refused (EINVAL) until one user owns all of them. A member without a driver does not count as owned",
            [new Evidence(path.List.Path, path.List.Text), .. path.SetBlockers.Select(static member => Evidence.Of(member.DriverLink))],
            endpoints.Length > 0 && bridges.Length == 0 && !critical ? Texts.Fix($"Give {Texts.Join(endpoints)} to vfio-pci too, and to the same user", Texts.Bind(endpoints)) : null,
            Texts.Addresses(path.SetBlockers),
            "C12");
    }

    // An empty list stands for nothing found as well, which the device's own words tell apart.
    private static bool IsDisabled(ResetPath path)
        => path.Set.Count == 1 || (ConfigFacts.Of(path.Device) is { HasFunctionLevelReset: true } && !ResetQuirks.RefusesFunctionLevelReset(path.Device));

    private static Finding Disabled(ResetPath path) => new(
        FindingCode.NoResetMechanism,
        Severity.Warning,
        Confidence.Stated,
        $"Reset of {path.Device} has been disabled by the administrator: its list of methods is empty",
        "What one user leaves in the device, the next one finds",
        [Evidence.Of(path.List)],
        Texts.Fix("Give the list back its default", Texts.Write("default", path.List.Path)),
        [path.Device.Address],
        "C13");

    private static Finding None(ResetPath path) => new(
        FindingCode.NoResetMechanism,
        Severity.Warning,
        Confidence.Derived,
        $"Nothing resets {path.Device}: {Why(path)}",
        "It works, but what one user leaves in it, the next one finds; a device that hangs stays so until the host is powered off (VFIO_DEVICE_RESET: EINVAL)",
        [new Evidence(path.List.Path, path.List.Text)],
        Texts.Advice("Power the host off between users whom it matters to"),
        [path.Device.Address],
        "C12");

    private static string Why(ResetPath path)
        => path.Device.IsBridge ? "it is a bridge, and goes with what is behind it"
            : path.Device.IsVirtualFunction ? "a virtual function can only be reset by itself (FLR), and the kernel lists no such reset"
            : path.Device.IsOnRootBus == true ? "it has no reset of its own, and is on a root bus, which no bridge can reset"
            : path.Set.Any(ResetQuirks.RefusesBusReset) ? "it has no reset of its own, and the kernel does not reset this bus, because that does harm"
            : "the kernel lists no method";
}
