using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Would the host lose something that it cannot do without, or is somebody using the device already?</summary>
internal sealed class CriticalUseRule : IRule
{
    public void Apply(Inspection report)
    {
        // A bridge loses its driver, and what is behind it nothing.
        (PciFunction Function, FunctionUse Use)[] critical =
        [
            .. report.Ownership.Moving.Append(report.Device).Distinct().Where(static function => !function.IsBridge).OrderBy(static function => function.Address)
                .SelectMany(function => report.Uses.FindUses(function).Where(static use => use.IsCritical && use.Kind != UseKind.HeldThroughVfio).Select(use => (function, use))),
        ];
        if (critical.Length > 0)
        {
            report.Require(Verdict.No);
            report.Add(Critical(report.Device, critical));
        }

        Busy(report);
        foreach (UnknownFact hidden in report.Uses.Unknown)
        {
            // A host that has no such table at all is one that was described, not one that hides it.
            report.Miss(hidden.Problem == Texts.NotThere ? hidden with { Turns = null } : hidden);
        }
    }

    private static Finding Critical(PciFunction device, (PciFunction Function, FunctionUse Use)[] uses)
    {
        PciFunction[] functions = [.. uses.Select(static use => use.Function).Distinct()];
        bool isChipset = uses.All(static use => use.Use.Kind == UseKind.Chipset);
        return new Finding(
            FindingCode.HostUseCritical,
            Severity.Blocker,
            isChipset ? Confidence.Derived : Confidence.Stated,
            $"The host cannot do without {Texts.WithDrivers(functions)}: {Texts.Join(uses.Select(static use => use.Use))}",
            functions is [var only] && only == device ? "Taking it away would take that away" : $"What is in the same group would have to go along with {device}",
            [.. uses.SelectMany(static use => use.Use.Evidence).Distinct()],
            isChipset ? null : Texts.Advice("Move what uses it elsewhere first: unmount, swap off, another default route, end the process"),
            Texts.Addresses(functions),
            "C1");
    }

    private static void Busy(Inspection report)
    {
        PciFunction[] owned = [.. (report.Group?.Members ?? [report.Device]).Where(member => member == report.Device || member.IsOnVfio)];
        (PciFunction Function, FunctionUse Use)[] held =
        [
            .. owned.SelectMany(member => report.Uses.FindUses(member).Where(static use => use.Kind == UseKind.HeldThroughVfio).Select(use => (member, use))),
        ];
        if (held.Length == 0)
        {
            return;
        }

        report.Require(Verdict.No);
        report.Add(new Finding(
            FindingCode.GroupBusy,
            Severity.Blocker,
            Confidence.Stated,
            $"{report.Device} is in use: {Texts.Join(held.Select(static holder => holder.Use))}",
            "A group has one owner at a time: another open of it is refused (EBUSY, or EINVAL for a device's own node)",
            [.. held.SelectMany(static holder => holder.Use.Evidence).Distinct()],
            Texts.Advice("End the process that holds it, or take the device over from it in the same process"),
            Texts.Addresses(held.Select(static holder => holder.Function)),
            "C1"));
    }
}
