namespace Vfio.Core.Tests;

/// <summary>What the kernel of a fake machine was built with.</summary>
[Flags]
public enum FakeInterfaces
{
    None = 0,

    /// <summary>The node of containers, which are VFIO's own.</summary>
    Containers = 1,

    /// <summary>A node for each group.</summary>
    Groups = 2,

    /// <summary>The node of iommufd.</summary>
    Iommufd = 4,

    /// <summary>A node for each device.</summary>
    Cdevs = 8,

    /// <summary>The node of containers, which iommufd provides.</summary>
    CompatNode = 16,

    /// <summary>No IOMMU, and VFIO's leave to do without.</summary>
    NoIommu = 32,

    /// <summary>Containers and groups, and nothing newer.</summary>
    ContainersOnly = Containers | Groups,

    /// <summary>iommufd and device nodes, and nothing older.</summary>
    CdevsOnly = Iommufd | Cdevs,

    /// <summary>All of it.</summary>
    Both = ContainersOnly | CdevsOnly,

    /// <summary>Groups whose container must be an iommufd.</summary>
    Compat = Iommufd | Groups,

    /// <summary>Groups, and iommufd in the place of containers under their name.</summary>
    CompatUnderContainerNode = Compat | CompatNode,
}
