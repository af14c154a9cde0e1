using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// The descriptor of a fault queue. It is closed before the object is destroyed, which the kernel refuses while the file is open.
/// </summary>
internal sealed unsafe class FaultQueueHandle : KernelHandle
{
    private readonly IommufdObject _object;

    private FaultQueueHandle(IommufdObject @object, int fd)
        : base(@object.Iommufd.Kernel, fd, $"the fault queue of {@object.Iommufd.Path}")
    {
        _object = @object;
        Descriptor = fd;
        bool added = false;
        @object.DangerousAddRef(ref added);
    }

    /// <summary>The object, which page tables hold too.</summary>
    public IommufdObject Object => _object;

    /// <summary>The number of the descriptor, valid until dispose.</summary>
    public int Descriptor { get; }

    /// <summary>Makes a queue.</summary>
    public static FaultQueueHandle Allocate(IommufdHandle iommufd)
    {
        using DescriptorLease lease = iommufd.Lease();
        var alloc = new iommu_fault_alloc { size = (uint)sizeof(iommu_fault_alloc) };
        int result = iommufd.Kernel.AllocateFaultQueue(lease.Fd, &alloc);
        if (result < 0)
        {
            throw FaultErrors.Allocate(iommufd.Path, -result);
        }

        // From here on the descriptor and the page tables hold the object.
        using var queue = new IommufdObject(iommufd, alloc.out_fault_id);
        return new FaultQueueHandle(queue, (int)alloc.out_fault_fd);
    }

    /// <summary>Takes whole groups of faults, as many as fit, without waiting.</summary>
    /// <returns>Whether there were any.</returns>
    public bool TryRead(Span<PageFault> faults, out int count)
    {
        int capacity = Math.Min(faults.Length, int.MaxValue / sizeof(PageFault));
        using DescriptorLease lease = Lease();
        fixed (PageFault* first = faults)
        {
            long result = Kernel.ReadQueue(lease.Fd, first, (nuint)(capacity * sizeof(PageFault)));
            if (result is < 0 and not -Errno.EAGAIN)
            {
                throw FaultErrors.Read(Path, capacity, (int)-result);
            }

            // An empty queue is one that has ended, for a read; it never blocks.
            count = (int)Math.Max(0, result) / sizeof(PageFault);
            return count > 0;
        }
    }

    /// <summary>Answers a group.</summary>
    public void Respond(uint cookie, PageResponse response)
    {
        using DescriptorLease lease = Lease();
        var answer = new iommu_hwpt_page_response { cookie = cookie, code = (uint)response };
        long result = Kernel.WriteQueue(lease.Fd, &answer, (nuint)sizeof(iommu_hwpt_page_response));
        if (result < 0)
        {
            throw FaultErrors.Respond(Path, cookie, (int)-result);
        }
    }

    protected override void OnClosed() => _object.DangerousRelease();
}
