using Vfio.Core;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>Looks at the kernel's objects from beside the library.</summary>
internal static unsafe class IommufdObjects
{
    /// <summary>
    /// Makes sure that an iommufd has no object by a number any more. Nothing may have been made since, or the number is another's.
    /// </summary>
    /// <param name="keeper">An address space of the same iommufd.</param>
    /// <param name="id">The number that the object had.</param>
    public static void AssertGone(AddressSpace keeper, uint id)
    {
        IommufdHandle iommufd = ((IoasBackend)keeper.Iommu).Ioas.Iommufd;
        using DescriptorLease lease = iommufd.Lease();
        var destroy = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = id };
        Assert.Equal(-Errno.ENOENT, iommufd.Kernel.DestroyObject(lease.Fd, &destroy));
    }

    /// <summary>Makes sure that an object is there, and in use.</summary>
    public static void AssertInUse(AddressSpace keeper, uint id)
    {
        IommufdHandle iommufd = ((IoasBackend)keeper.Iommu).Ioas.Iommufd;
        using DescriptorLease lease = iommufd.Lease();
        var destroy = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = id };
        Assert.Equal(-Errno.EBUSY, iommufd.Kernel.DestroyObject(lease.Fd, &destroy));
    }

    public static uint Id(AddressSpace space)
    {
        using IommufdObjectLease lease = ((IoasBackend)space.Iommu).Ioas.Lease();
        return lease.Id;
    }

    public static uint Id(FaultQueue queue)
    {
        using IommufdObjectLease lease = queue.Require().Lease();
        return lease.Id;
    }
}
