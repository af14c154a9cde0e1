using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Resets of a function, and of all that is on its bus.</summary>
internal sealed unsafe partial class FakeKernel
{
    private const int HotResetHeader = 12;
    private const int DependentDevice = 8;

    /// <summary>Called before each answer to what a reset of the bus hits, to change the bus under it.</summary>
    public Action? BusChanges { get; set; }

    /// <summary>How many functions the kernel claims that a reset hits, instead of how many it does.</summary>
    public uint? HotResetCount { get; set; }

    public int ResetDevice(int device) => OnDevice(device, static it =>
    {
        if ((it.Flags & VFIO_DEVICE_FLAGS_RESET) == 0)
        {
            return -Errno.EINVAL;
        }

        it.Reset();
        return 0;
    });

    public int GetHotResetInfo(int device, vfio_pci_hot_reset_info* info) => OnDevice(device, it =>
    {
        if (it.Mediated)
        {
            return -Errno.ENOTTY;
        }

        if (info->argsz < HotResetHeader)
        {
            return -Errno.EINVAL;
        }

        info->flags = 0;
        if (it.Bus is not { } bus)
        {
            return -Errno.ENODEV;
        }

        BusChanges?.Invoke();
        int room = (int)(info->argsz - HotResetHeader) / DependentDevice;
        info->count = HotResetCount ?? (uint)bus.Count;
        return bus.Count > room ? -Errno.ENOSPC : List(bus, info);
    });

    public int HotReset(int device, vfio_pci_hot_reset* reset) => OnDevice(device, it =>
    {
        FakeIommufd? iommufd = CallersIommufd;
        if (it.Mediated)
        {
            return -Errno.ENOTTY;
        }

        if (reset->argsz < HotResetHeader || reset->flags != 0 || (reset->count != 0) == iommufd is not null)
        {
            return -Errno.EINVAL;
        }

        if (it.Bus is not { } bus)
        {
            return -Errno.ENODEV;
        }

        var groups = new List<FakeGroup>();
        for (int i = 0; i < reset->count; i++)
        {
            int fd = vfio_pci_hot_reset.group_fds(reset)[i];
            if (!_open.TryGetValue(fd, out FakeDescriptor? descriptor))
            {
                Violations.Add($"PCI_HOT_RESET with {fd}, which is not open");
                return -Errno.EBADF;
            }

            if (descriptor.Target is not FakeGroup group)
            {
                return -Errno.EINVAL;
            }

            groups.Add(group);
        }

        bool owned = reset->count <= bus.Count && bus.TrueForAll(member => member.Device is { } found
            && (iommufd is null ? groups.Contains(found.Group) : IdOf(member, iommufd) != VFIO_PCI_DEVID_NOT_OWNED));
        if (!owned)
        {
            return -Errno.EINVAL;
        }

        bus.ForEach(static member => member.Device!.Reset());
        return 0;
    });

    /// <summary>The iommufd that the caller bound the device to by the device's own node, or null.</summary>
    private FakeIommufd? CallersIommufd => (_caller?.Target as FakeCdevFile)?.Iommufd;

    private static int IdOf(FakeBusMember member, FakeIommufd iommufd)
        => member.Device is not { } device ? VFIO_PCI_DEVID_NOT_OWNED
            : device.Bound is { } bound && bound.Owner == iommufd ? (int)bound.Id
            : device.Group.Owner == iommufd ? VFIO_PCI_DEVID_OWNED
            : VFIO_PCI_DEVID_NOT_OWNED;

    private int List(List<FakeBusMember> bus, vfio_pci_hot_reset_info* info)
    {
        FakeIommufd? iommufd = CallersIommufd;
        bool owned = true;
        for (int i = 0; i < bus.Count; i++)
        {
            PciAddress address = bus[i].Address;
            vfio_pci_dependent_device* entry = vfio_pci_hot_reset_info.devices(info) + i;
            entry->segment = (ushort)address.Domain;
            entry->bus = address.Bus;
            entry->devfn = (byte)((address.Device << 3) | address.Function);
            if (iommufd is not null)
            {
                int id = IdOf(bus[i], iommufd);
                entry->devid = (uint)id;
                owned &= id != VFIO_PCI_DEVID_NOT_OWNED;
            }
            else if (bus[i].Group is { } group)
            {
                entry->group_id = (uint)group.Id;
            }
            else
            {
                return -Errno.EPERM;
            }
        }

        if (iommufd is not null)
        {
            info->flags = (uint)(VFIO_PCI_HOT_RESET_FLAG_DEV_ID | (owned ? VFIO_PCI_HOT_RESET_FLAG_DEV_ID_OWNED : 0));
        }

        return 0;
    }
}
