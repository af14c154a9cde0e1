using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What has to be given to a VFIO driver, and would that driver take it?</summary>
internal sealed class BindRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        string driver = report.Variant?.Driver ?? DriverBinding.DefaultDriver;
        if (!device.IsOnVfio && driver == DriverBinding.DefaultDriver && Refuses(report, device))
        {
            report.Require(Verdict.No);
            report.Add(Refused(report, device));
        }

        if (report.Ownership.Owner is not null || device.IsBridge)
        {
            return;
        }

        IReadOnlyList<PciFunction> moving = report.Ownership.Moving;
        foreach (PciFunction member in moving.Where(member => member != device && (member.IsBridge || Refuses(report, member))))
        {
            report.Require(
                StepPhase.Unbind,
                new HandoverAction($"Take {member} from its driver {member.Driver}", Texts.Unbind(member), [member.Address], Reversible: true, Reboot: false));
        }

        PciFunction[] bound = [.. moving.Where(member => member == device || !(member.IsBridge || Refuses(report, member)))];
        foreach (IGrouping<string, PciFunction> set in bound.GroupBy(member => member == device ? driver : DriverBinding.DefaultDriver, StringComparer.Ordinal))
        {
            report.Require(
                StepPhase.Bind,
                new HandoverAction($"Give {Texts.WithDrivers(set)} to {set.Key}", Texts.Bind(set, set.Key), Texts.Addresses(set), Reversible: true, Reboot: false));
        }
    }

    private static bool Refuses(Inspection report, PciFunction function)
        => DeniedDevices.IsRefused(function, report.Tree);

    private static Finding Refused(Inspection report, PciFunction device) => new(
        FindingCode.BindRefused,
        Severity.Blocker,
        Confidence.Derived,
        $"vfio-pci refuses {device} ({device.Ids}): it is on its list of devices with errata that a user could exploit",
        "The probe fails with EINVAL",
        [Evidence.Of(device.Vendor), Evidence.Of(device.Device), Evidence.Of(report.Kernel.Parameter("vfio_pci", "disable_denylist"))],
        new Remedy(
            "Only whoever trusts the device's user can take it off: vfio_pci's parameter disable_denylist is read when the module is loaded, and is read-only after that",
            ["modprobe -r vfio-pci && modprobe vfio-pci disable_denylist=1"],
            Reversible: true,
            Reboot: false),
        [device.Address],
        null);
}
