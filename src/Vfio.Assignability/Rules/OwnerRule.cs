using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Does the device belong to another function, which the host uses?</summary>
internal sealed class OwnerRule : IRule
{
    public void Apply(Inspection report)
    {
        if (report.Ownership.Owner is not { } owner)
        {
            return;
        }

        report.Require(Verdict.No);
        report.Add(owner == report.Device.PhysicalFunction ? OfPhysicalFunction(report.Device, owner) : OfDomain(report.Device, owner));
    }

    private static Finding OfPhysicalFunction(PciFunction device, PciFunction owner) => new(
        FindingCode.ForeignOwner,
        Severity.Blocker,
        Confidence.Derived,
        $"{device} is a virtual function of {owner}, which is in the same group and has the host's driver {owner.Driver}",
        $"The group cannot be given away while {owner.Driver} has {owner}, and without it there is no {device}",
        [Evidence.Of(device.PhysicalFunctionLink), Evidence.Of(owner.DriverLink), Evidence.Of(owner.GroupLink)],
        Texts.Advice($"Use a slot, or a host, that puts virtual functions in groups of their own (ACS on the port above); or give {owner} itself away, which ends its virtual functions"),
        [owner.Address],
        "C3");

    private static Finding OfDomain(PciFunction device, PciFunction owner) => new(
        FindingCode.ForeignOwner,
        Severity.Blocker,
        Confidence.Derived,
        $"The whole PCI domain of {device} is behind {owner}, which has the host's driver {owner.Driver}",
        $"To the IOMMU all DMA of {device} comes from {owner}: only both together could be given away",
        [new Evidence(device.Path, device.DevicePath), Evidence.Of(owner.DriverLink)],
        Texts.Advice($"Give {owner} away with all that is behind it; or, if nothing behind it is needed before, turn Volume Management Device (VMD) off in the firmware's setup, so that {device} becomes a device of its own. The host may then not find disks that it boots from"),
        [owner.Address],
        "C3");
}
