using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>A queue of page requests, with a descriptor of its own.</summary>
internal sealed class FakeFaultQueue(FakeIommufd owner, uint id) : FakeIommuObject(owner, id)
{
    private readonly List<FakeFaultGroup> _waiting = [];

    /// <summary>What was read and not answered, by cookie.</summary>
    public SortedDictionary<uint, FakeFaultGroup> Unanswered { get; } = [];

    public int Waiting => _waiting.Count;

    /// <summary>The file that it is read and written by, on an event of the real kernel's.</summary>
    public FakeOpenFile? File { get; set; }

    public void Enqueue(FakeFaultGroup group)
    {
        _waiting.Add(group);

        // The event is readable as long as the queue is, which is all that a poll can tell.
        if (File is { RealFd: >= 0 } file)
        {
            _ = LinuxKernel.Instance.WriteEventFd(file.RealFd, 1);
        }
    }

    public long Read(Span<iommu_hwpt_pgfault> records)
    {
        int done = 0;
        while (_waiting.Count != 0)
        {
            FakeFaultGroup group = _waiting[0];
            if (group.Faults.Length > records.Length - done)
            {
                return done == 0 ? -Errno.EINVAL : done;
            }

            uint cookie = 1;
            while (Unanswered.ContainsKey(cookie))
            {
                cookie++;
            }

            Unanswered.Add(cookie, group);
            foreach (iommu_hwpt_pgfault fault in group.Faults)
            {
                records[done] = fault;
                records[done++].cookie = cookie;
            }

            Drop(group);
        }

        return done;
    }

    public long Write(ReadOnlySpan<iommu_hwpt_page_response> responses)
    {
        int done = 0;
        foreach (iommu_hwpt_page_response response in responses)
        {
            if (response.code > (uint)iommufd_page_response_code.IOMMUFD_PAGE_RESP_INVALID
                || !Unanswered.Remove(response.cookie, out FakeFaultGroup? group))
            {
                return done == 0 ? -Errno.EINVAL : done;
            }

            group.Answer = response.code;
            done++;
        }

        return done;
    }

    /// <summary>Answers in place of a reader who comes too late.</summary>
    public void Refuse(Predicate<FakeFaultGroup> which)
    {
        foreach (FakeFaultGroup group in _waiting.FindAll(which))
        {
            group.Answer = (uint)iommufd_page_response_code.IOMMUFD_PAGE_RESP_INVALID;
            Drop(group);
        }

        foreach ((uint cookie, FakeFaultGroup group) in Unanswered.Where(pair => which(pair.Value)).ToArray())
        {
            group.Answer = (uint)iommufd_page_response_code.IOMMUFD_PAGE_RESP_INVALID;
            Unanswered.Remove(cookie);
        }
    }

    public override void Release() => Refuse(static _ => true);

    private void Drop(FakeFaultGroup group)
    {
        _waiting.Remove(group);
        if (_waiting.Count == 0 && File is { RealFd: >= 0 } file)
        {
            _ = LinuxKernel.Instance.ReadEventFd(file.RealFd, out _);
        }
    }
}
