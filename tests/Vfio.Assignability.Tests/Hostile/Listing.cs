namespace Vfio.Assignability.Tests;

/// <summary>Asks for every fact that a host's model of PCI has.</summary>
internal static class Listing
{
    /// <summary>How many facts there were.</summary>
    public static int ReadAll(PciHost host)
    {
        int facts = 0;
        foreach (PciFunction function in host.Functions)
        {
            facts += ReadAll(function);
        }

        foreach (IommuGroup group in host.Groups)
        {
            facts += group.Members.Count + (group.IsNoIommu ? 1 : 0) + (group.ReservedRegions.Value?.Count ?? 0) + (group.Type.IsKnown ? 1 : 0);
        }

        return facts;
    }

    private static int ReadAll(PciFunction function)
    {
        object?[] facts =
        [
            function.Ids, function.ClassCode, function.SubsystemVendor, function.SubsystemDevice, function.Driver, function.DriverOverride, function.VfioDevice,
            function.Group, function.IommuGroup, function.Iommu?.AddressWidth, function.Iommu?.CanRemapInterrupts, function.Config, function.HeaderType,
            function.SecondaryBus, function.DevicePath, function.Upstream, function.IsOnRootBus, function.DomainOwner, function.PhysicalFunction,
            function.VirtualFunctionLimit, function.VirtualFunctionCount, function.Attribute("reset_method"), function.Number("numa_node"), function.IsOnVfio,
        ];
        return facts.Count(static fact => fact is not null) + function.Siblings.Count() + function.Below.Count + function.VirtualFunctions.Count;
    }
}
