using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Containers and groups: who may open them, in which order, and what the last close takes along.</summary>
internal sealed unsafe partial class FakeKernel
{
    /// <summary>What lies behind each path that can be opened: <see cref="ContainerNode"/> or a group.</summary>
    public Dictionary<string, object> Nodes { get; } = [];

    public static object ContainerNode { get; } = new();

    public Dictionary<int, FakeGroup> Groups { get; } = [];

    public HashSet<uint> Extensions { get; } = [(uint)VFIO_TYPE1_IOMMU, (uint)VFIO_TYPE1v2_IOMMU, (uint)VFIO_UNMAP_ALL];

    public int ApiVersion { get; set; } = (int)VFIO_API_VERSION;

    /// <summary>The containers that are open, in order of their numbers.</summary>
    public IReadOnlyList<FakeContainer> Containers
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values.Select(static d => d.Target).OfType<FakeContainer>()];
            }
        }
    }

    public int Open(string path, int flags)
    {
        int fault = Begin();
        if (fault != 0)
        {
            return fault;
        }

        lock (_gate)
        {
            if ((flags & Libc.O_CLOEXEC) == 0)
            {
                Violations.Add($"open of {path} without O_CLOEXEC");
            }

            switch (Nodes.GetValueOrDefault(path))
            {
                case null:
                    return -Errno.ENOENT;
                case FakeGroup { IsOpen: true }:
                    return -Errno.EBUSY;
                case FakeGroup group:
                    group.IsOpen = true;
                    return Add(new FakeDescriptor("group", group, -1));
                default:
                    return Add(new FakeDescriptor("container", new FakeContainer(), -1));
            }
        }
    }

    public int GetApiVersion(int container) => On<FakeContainer>(container, _ => ApiVersion);

    public int CheckExtension(int container, uint extension)
        => On<FakeContainer>(container, _ => Extensions.Contains(extension) ? 1 : 0);

    public int SetIommu(int container, uint type) => On<FakeContainer>(container, it =>
    {
        if (it.Groups.Count == 0 || it.Model != 0)
        {
            return -Errno.EINVAL;
        }

        if (!Extensions.Contains(type))
        {
            return -Errno.ENODEV;
        }

        it.Model = type;
        return 0;
    });

    public int GetGroupStatus(int group, vfio_group_status* status) => On<FakeGroup>(group, it =>
    {
        if (status->argsz < sizeof(vfio_group_status))
        {
            return -Errno.EINVAL;
        }

        status->flags = (uint)((it.Viable ? VFIO_GROUP_FLAGS_VIABLE : 0)
            | (it.Container is not null ? VFIO_GROUP_FLAGS_CONTAINER_SET : 0));
        return 0;
    });

    public int SetContainer(int group, int container) => On<FakeGroup>(group, it =>
    {
        if (!_open.TryGetValue(container, out FakeDescriptor? descriptor) || descriptor.Target is not FakeContainer target)
        {
            Violations.Add($"SET_CONTAINER to {container}, which is no open container");
            return -Errno.EBADF;
        }

        if (it.Container is not null)
        {
            return -Errno.EINVAL;
        }

        if (!it.Viable)
        {
            return -Errno.EPERM;
        }

        it.Container = target;
        target.Groups.Add(it);
        return 0;
    });

    public int GetDeviceFd(int group, string name) => On<FakeGroup>(group, it =>
    {
        if (it.Container is not { Model: not 0 })
        {
            return -Errno.EINVAL;
        }

        if (!Devices.TryGetValue(name, out FakeDevice? device) || device.Group != it)
        {
            return -Errno.ENODEV;
        }

        it.OpenDevices++;
        return Add(new FakeDescriptor("device", device, -1));
    });

    public MemoryLock GetMemoryLock() => new(
        MemoryLockLimit == Libc.RLIM_INFINITY ? null : MemoryLockLimit, MemoryLocked, MayExceedMemoryLock);

    private void Close(FakeContainer container)
    {
        if (container.Groups.Count != 0)
        {
            Violations.Add("close of a container before its groups");
        }
    }

    private void Close(FakeGroup group)
    {
        if (group.OpenDevices != 0)
        {
            Violations.Add($"close of group {group.Id} before its devices");
        }

        group.IsOpen = false;
        if (group.Container is { } container)
        {
            group.Container = null;
            container.Groups.Remove(group);
            if (container.Groups.Count == 0)
            {
                container.Model = 0;
                container.Mappings.Clear();
            }
        }
    }
}
