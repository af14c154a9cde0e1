using System.Diagnostics.CodeAnalysis;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Resets of a function, and of all that is on its bus.</summary>
internal sealed unsafe partial class FakeKernel
{
    private const int HotResetHeader = 12;
    private const int DependentDevice = 8;

    /// <summary>Called before each answer to a question about a reset of the bus, to change the bus under it.</summary>
    public Action? BusChanges { get; set; }

    /// <summary>How many functions the kernel claims that a reset hits, instead of how many it does.</summary>
    public uint? HotResetCount { get; set; }

    public int ResetDevice(int device) => OnDevice(device, it =>
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
        if (info->argsz < HotResetHeader)
        {
            return -Errno.EINVAL;
        }

        info->flags = 0;
        if (it.Mediated)
        {
            return -Errno.ENOTTY;
        }

        if (it.Bus is not { } bus)
        {
            return -Errno.ENODEV;
        }

        BusChanges?.Invoke();
        int room = (int)(info->argsz - HotResetHeader) / DependentDevice;
        info->count = HotResetCount ?? (uint)bus.Count;
        return bus.Count > room ? -Errno.ENOSPC : Fill(it, bus, info);
    });

    private int Fill(FakeDevice asked, List<FakeBusMember> bus, vfio_pci_hot_reset_info* info)
    {
        FakeIommufd? iommufd = ByDevice(out FakeIommufd? bound) ? bound : null;
        bool owned = iommufd is not null;
        for (int i = 0; i < bus.Count; i++)
        {
            PciAddress address = bus[i].Address;
            ref vfio_pci_dependent_device entry = ref vfio_pci_hot_reset_info.devices(info)[i];
            entry.segment = (ushort)address.Domain;
            entry.bus = address.Bus;
            entry.devfn = (byte)((address.Device << 3) | address.Function);
            if (iommufd is not null)
            {
                int id = IdOf(bus[i], iommufd);
                entry.devid = (uint)id;
                owned &= id != VFIO_PCI_DEVID_NOT_OWNED;
            }
            else if (bus[i].Group is { } group)
            {
                entry.group_id = (uint)group.Id;
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

        _ = asked;
        return 0;
    }

    private bool ByDevice([NotNullWhen(true)] out FakeIommufd? iommufd)
    {
        iommufd = (_caller?.Target as FakeCdevFile)?.Iommufd;
        return iommufd is not null;
    }

    private static int IdOf(FakeBusMember member, FakeIommufd iommufd)
        => member.Device is not { } device ? VFIO_PCI_DEVID_NOT_OWNED
            : device.Bound is { } bound && ReferenceEquals(bound.Owner, iommufd) ? (int)bound.Id
            : device.Group.Owner == iommufd && iommufd is not null ? VFIO_PCI_DEVID_OWNED
            : VFIO_PCI_DEVID_NOT_OWNED;
}
