using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Do other members of the group have drivers that do DMA for the host?</summary>
internal sealed class GroupRule : IRule
{
    public void Apply(Inspection report)
    {
        KernelVersion kernel = report.Kernel.Version;
        GroupOwnership ownership = report.Ownership;
        foreach (PciFunction member in ownership.Others.Prepend(report.Device).Where(static member => member.DriverLink.IsUnknown))
        {
            report.Miss(UnknownFact.Of($"the driver of {member}", member.DriverLink, Verdict.No));
        }

        if (ownership.Others.Any(member => GroupRules.DependsOnVersion(member, kernel)))
        {
            report.Miss(UnknownFact.Of("the kernel's version, which decides whether drivers of bridges block", kernel.Release, Verdict.No));
        }
        else if (!kernel.IsKnown)
        {
            report.Miss(UnknownFact.Of("the kernel's version", kernel.Release));
        }

        if (report.Group is { } group && ownership.Blocking.Count > 0)
        {
            report.Add(NotViable(report, group, ownership, kernel));
        }
    }

    private static Finding NotViable(Inspection report, IommuGroup group, GroupOwnership ownership, KernelVersion kernel)
    {
        IReadOnlyList<PciFunction> blocking = ownership.Blocking;
        string[] commands =
        [
            .. blocking.Where(static member => !member.IsBridge && GroupRules.RoleOf(member) == MemberRole.Endpoint).ToArray() is { Length: > 0 } endpoints ? [Texts.Bind(endpoints)] : Array.Empty<string>(),
            .. blocking.Where(static member => member.IsBridge).Select(Texts.Unbind),
        ];
        bool one = blocking.Count == 1;
        return new Finding(
            FindingCode.GroupNotViable,
            Severity.Blocker,
            kernel.IsKnown ? Confidence.Derived : Confidence.Heuristic,
            $"Group {group} cannot be given away as long as {Texts.WithDrivers(blocking)} {(one ? "has its driver" : "have their drivers")}",
            $"Members of a group can reach each other's DMA, so that they go together{(GroupReason.Of(report.Device) is { } reason ? $": {reason}" : string.Empty)}. Ports with pcieport and members without a driver do not matter",
            [.. blocking.Select(static member => Evidence.Of(member.DriverLink))],
            ownership.Owner is not null || commands.Length == 0 || blocking.Any(report.IsCritical) ? null : Texts.Fix($"Give {(one ? "it" : "them")} to vfio-pci as well, or take {(one ? "it" : "them")} from {(one ? "its driver" : "their drivers")}", commands),
            Texts.Addresses(blocking),
            "C3");
    }
}
