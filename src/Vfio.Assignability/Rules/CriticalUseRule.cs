using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Would the host lose something that it cannot do without, or is somebody using the device already?</summary>
internal sealed class CriticalUseRule : IRule
{
    public void Apply(Inspection report)
    {
        foreach (PciFunction function in report.Ownership.Moving.Append(report.Device).Distinct().OrderBy(static function => function.Address))
        {
            // A bridge loses its driver, and what is behind it nothing.
            IReadOnlyList<FunctionUse> critical = function.IsBridge ? [] : [.. report.Uses.FindUses(function).Where(static use => use.IsCritical && use.Kind != UseKind.HeldThroughVfio)];
            if (critical.Count > 0)
            {
                report.Require(Verdict.No);
                report.Add(Critical(report.Device, function, critical));
            }
        }

        Busy(report);
    }

    private static Finding Critical(PciFunction device, PciFunction function, IReadOnlyList<FunctionUse> uses) => new(
        FindingCode.HostUseCritical,
        Severity.Blocker,
        uses.All(static use => use.Kind == UseKind.Chipset) ? Confidence.Derived : Confidence.Stated,
        $"The host cannot do without {function}{(function.Driver is { } driver ? $" ({driver})" : string.Empty)}: {Texts.Join(uses)}",
        function == device ? "Taking it away would take that away" : $"It would have to go along with {device}, which is in the same group",
        [.. uses.SelectMany(static use => use.Evidence).Distinct()],
        uses.All(static use => use.Kind == UseKind.Chipset)
            ? null
            : Texts.Advice("Move what uses it elsewhere first: unmount, swap off, another default route, end the process"),
        [function.Address],
        "C1");

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
