using System.Runtime.CompilerServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Containers and groups: who may open them, in which order, and what the last close takes along.</summary>
internal sealed unsafe partial class FakeKernel
{
    /// <summary>
    /// What lies behind each path that can be opened: a group, a device, <see cref="ContainerNode"/>,
    /// <see cref="IommufdNode"/> or <see cref="CompatNode"/>.
    /// </summary>
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
                return [.. _open.Values.Select(static d => d.Target).OfType<FakeContainer>().Distinct()];
            }
        }
    }

    /// <summary>Whether the kernel hands devices out that no IOMMU translates for.</summary>
    public bool NoIommu { get; set; }

    /// <summary>Whether the process may have such devices (<c>CAP_SYS_RAWIO</c>).</summary>
    public bool MayRawIo { get; set; } = true;

    public int GetApiVersion(int container) => OnContainer(container, _ => ApiVersion, _ => ApiVersion);

    public int CheckExtension(int container, uint extension)
        => OnContainer(container, it => Offers(it, extension) ? 1 : 0, it => CheckExtension(it, extension));

    public int SetIommu(int container, uint type) => OnContainer(container, it => SetIommu(it, type), it => SetIommu(it, type));

    private int SetIommu(FakeContainer it, uint type)
    {
        if (it.Groups.Count == 0 || it.Model != 0)
        {
            return -Errno.EINVAL;
        }

        if (!Offers(it, type))
        {
            return -Errno.ENODEV;
        }

        if (type == VFIO_NOIOMMU_IOMMU && !MayRawIo)
        {
            return -Errno.EPERM;
        }

        it.Model = type;
        return 0;
    }

    /// <summary>Whether a model has an extension that the groups of the container can use.</summary>
    private bool Offers(FakeContainer container, uint extension)
    {
        bool known = extension == VFIO_NOIOMMU_IOMMU ? NoIommu : Extensions.Contains(extension);
        return known && (container.Groups.Count == 0 || container.IsNoIommu == (extension == VFIO_NOIOMMU_IOMMU));
    }

    public int GetGroupStatus(int group, vfio_group_status* status) => On<FakeGroup>(group, it =>
    {
        if (status->argsz < sizeof(vfio_group_status))
        {
            return -Errno.EINVAL;
        }

        // An iommufd claims the group with the first device, not before, and the kernel does not look.
        status->flags = (uint)((it.Viable || it.Iommufd is not null ? VFIO_GROUP_FLAGS_VIABLE : 0)
            | (it.Container is not null || it.Iommufd is not null ? VFIO_GROUP_FLAGS_CONTAINER_SET : 0));
        return 0;
    });

    public int SetContainer(int group, int container) => On<FakeGroup>(group, it =>
    {
        if (!_open.TryGetValue(container, out FakeDescriptor? descriptor)
            || descriptor.Target is not (FakeContainer or FakeIommufd))
        {
            Violations.Add($"SET_CONTAINER to {container}, which is no open container");
            return descriptor is null ? -Errno.EBADF : -Errno.EBADFD;
        }

        if (it.Container is not null || it.Iommufd is not null)
        {
            return -Errno.EINVAL;
        }

        if (descriptor.Target is not FakeContainer target)
        {
            return SetContainer(it, (FakeIommufd)descriptor.Target!);
        }

        bool unprotected = it.Kind == FakeGroupKind.NoIommu;
        if ((it.Kind == FakeGroupKind.Iommu && !it.Viable) || (unprotected && !MayRawIo)
            || (target.Groups.Count != 0 && target.IsNoIommu != unprotected))
        {
            return -Errno.EPERM;
        }

        it.Container = target;
        target.Groups.Add(it);
        return 0;
    });

    public int UnsetContainer(int group) => On<FakeGroup>(group, static it =>
    {
        if (it.Container is null && it.Iommufd is null)
        {
            return -Errno.EINVAL;
        }

        if (it.OpenDevices != 0)
        {
            return -Errno.EBUSY;
        }

        TakeOut(it);
        return 0;
    });

    public int GetDeviceFd(int group, string name) => On<FakeGroup>(group, it =>
    {
        int refused = Match(it, name, out FakeDevice? device);
        if (refused != 0)
        {
            return refused;
        }

        if (it.Container is not { Model: not 0 } && it.Iommufd is null)
        {
            return -Errno.EINVAL;
        }

        refused = it.Iommufd is { } iommufd ? OpenCompat(device!, iommufd) : OpenInContainer(device!);
        if (refused != 0)
        {
            return refused;
        }

        device!.OpenCount++;
        it.OpenDevices++;
        return Add(new FakeOpenFile("device", device, -1));
    });

    private int OpenInContainer(FakeDevice device)
    {
        if (device.OpenCount != 0)
        {
            return 0;
        }

        return device.NoIommu && !MayRawIo ? -Errno.EPERM : FirstOpen(device, null);
    }

    /// <summary>Finds the device of a name, behind which vfio-pci takes a token.</summary>
    private int Match(FakeGroup group, string name, out FakeDevice? device)
    {
        const string TokenArgument = "vf_token=";
        string[] words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        device = Devices.GetValueOrDefault(name) ?? Devices.GetValueOrDefault(words.Length != 0 ? words[0] : name);
        if (device is null || device.Group != group || (device.Mediated && device.Name != name))
        {
            return -Errno.ENODEV;
        }

        if (device.Mediated)
        {
            return 0;
        }

        Guid token = default;
        bool parsed = words.Length == 1 || (words.Length == 2 && words[1].StartsWith(TokenArgument, StringComparison.Ordinal)
            && Guid.TryParseExact(words[1][TokenArgument.Length..], "D", out token));
        return parsed ? MatchToken(device, words.Length == 2 ? token : null) : -Errno.EINVAL;
    }

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
        TakeOut(group);
    }

    private static void TakeOut(FakeGroup group)
    {
        group.Iommufd?.Groups.Remove(group);
        group.Iommufd = null;
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

    /// <summary>Runs a call of containers on one, or on what stands in for it.</summary>
    private int OnContainer(
        int fd, Func<FakeContainer, int> native, Func<FakeIommufd, int> compat, [CallerMemberName] string method = "")
        => On<object>(
            fd,
            it => it switch
            {
                FakeContainer container => native(container),
                FakeIommufd iommufd => compat(iommufd),
                _ => -Errno.ENOTTY,
            },
            method);
}
