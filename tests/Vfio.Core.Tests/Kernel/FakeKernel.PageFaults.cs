using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Queues of page requests.</summary>
internal sealed unsafe partial class FakeKernel
{
    /// <summary>Requests pages as a device would, in one group.</summary>
    /// <returns>What will have the answer, or null where no queue takes the request.</returns>
    public FakeFaultGroup? RequestPages(FakeDevice device, uint permissions, params ReadOnlySpan<ulong> addresses)
    {
        lock (_gate)
        {
            if (device.Bound is not FakeBoundDevice { Hwpt.Queue: { } queue } bound)
            {
                return null;
            }

            var faults = new iommu_hwpt_pgfault[addresses.Length];
            for (int i = 0; i < faults.Length; i++)
            {
                faults[i] = new iommu_hwpt_pgfault
                {
                    flags = i == faults.Length - 1 ? (uint)iommu_hwpt_pgfault_flags.IOMMU_PGFAULT_FLAGS_LAST_PAGE : 0,
                    dev_id = bound.Id,
                    grpid = (uint)(queue.Waiting + queue.Unanswered.Count),
                    perm = permissions,
                    addr = addresses[i],
                };
            }

            var group = new FakeFaultGroup(bound, 0, faults);
            queue.Enqueue(group);
            return group;
        }
    }

    public int AllocateFaultQueue(int iommufd, iommu_fault_alloc* alloc)
        => OnIommufd(iommufd, alloc, sizeof(iommu_fault_alloc), (FakeIommufd it, ref iommu_fault_alloc command) =>
        {
            if (command.flags != 0)
            {
                return -Errno.EOPNOTSUPP;
            }

            int readiness = LinuxKernel.Instance.CreateEventFd();
            Assert.True(readiness >= 0);
            FakeFaultQueue queue = it.Create(static (owner, id) => new FakeFaultQueue(owner, id));
            queue.File = new FakeOpenFile("faults", queue, readiness);

            // Its descriptor is a user too: the queue cannot be destroyed before that is closed.
            queue.Users++;
            command.out_fault_id = queue.Id;
            command.out_fault_fd = (uint)Add(queue.File);
            return 0;
        });

    public long ReadQueue(int fd, void* destination, nuint count) => On<FakeFaultQueue>(fd, it =>
        count % (nuint)sizeof(iommu_hwpt_pgfault) != 0
            ? -Errno.ESPIPE
            : (int)Bytes(it.Read(new Span<iommu_hwpt_pgfault>(destination, (int)count / sizeof(iommu_hwpt_pgfault))), sizeof(iommu_hwpt_pgfault)));

    public long WriteQueue(int fd, void* source, nuint count) => On<FakeFaultQueue>(fd, it =>
        count % (nuint)sizeof(iommu_hwpt_page_response) != 0
            ? -Errno.ESPIPE
            : (int)Bytes(
                it.Write(new ReadOnlySpan<iommu_hwpt_page_response>(source, (int)count / sizeof(iommu_hwpt_page_response))),
                sizeof(iommu_hwpt_page_response)));

    private static long Bytes(long records, int size) => records < 0 ? records : records * size;
}
