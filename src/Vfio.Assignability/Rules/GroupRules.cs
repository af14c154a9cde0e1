using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>By which rules a kernel decides whether a group can be given away (iommu_group_claim_dma_owner, and vfio_dev_viable before Linux 5.19).</summary>
internal static class GroupRules
{
    private const int HostBridge = 0x0600;
    private const int IsaBridge = 0x0601;
    private const int SmBus = 0x0c05;
    private const int SystemClass = 0x08;

    /// <summary>Whether a function's present driver makes its group not viable.</summary>
    public static bool Blocks(PciFunction function, KernelVersion kernel) => function.Driver is { } driver
        && !function.IsOnVfio
        && driver != "pci-stub"
        && (CountsDmaOwners(kernel) ? driver != "pcieport" : !function.IsBridge);

    /// <summary>Whether it would be another answer on a kernel whose version is not known.</summary>
    public static bool DependsOnVersion(PciFunction function, KernelVersion kernel)
        => !kernel.IsKnown && function.IsBridge && Blocks(function, kernel);

    /// <summary>Whether the kernel counts drivers that do DMA for it, rather than tolerating every bridge.</summary>
    public static bool CountsDmaOwners(KernelVersion kernel) => kernel.IsAtLeast(5, 19);

    /// <summary>What a function is to the host.</summary>
    public static MemberRole RoleOf(PciFunction function)
    {
        if (function.HeaderType == 1)
        {
            return MemberRole.Bridge;
        }

        int subclass = (int)(function.ClassCode >> 8);
        bool chipset = subclass is HostBridge or IsaBridge or SmBus || subclass >> 8 == SystemClass;
        return chipset && function.IsOnRootBus != false ? MemberRole.Chipset : MemberRole.Endpoint;
    }

    /// <summary>A group as the report has it.</summary>
    public static GroupReport Describe(IommuGroup group, KernelVersion kernel) => new(
        group.Id,
        [.. group.Members.Select(member => new GroupMember(member.Address, member.Driver, RoleOf(member), Blocks(member, kernel)))]);
}
