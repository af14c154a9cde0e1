using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>Asks the kernel what a hot reset hits, in a buffer that grows until the answer fits.</summary>
internal static unsafe class HotResetInfoReader
{
    // Of a bus and all below it there are 65,536 functions at most.
    private const uint MaxMembers = 1 << 16;
    private const int FirstGuess = 8;

    // The kernel asks for more when functions came while it was counting. A bus does not grow for ever.
    private const int MaxRounds = 16;

    /// <summary>Reads all members; null where there is neither a slot nor a bridge that could reset.</summary>
    /// <exception cref="VfioException">The kernel refused.</exception>
    /// <exception cref="InvalidDataException">What the kernel says makes no sense.</exception>
    public static HotResetMember[]? Read(IVfioKernel kernel, int fd, string name)
    {
        int room = FirstGuess;
        for (int round = 0; round < MaxRounds; round++)
        {
            byte[] buffer = new byte[vfio_pci_hot_reset_info.SizeOf(room)];
            fixed (byte* bytes = buffer)
            {
                var info = (vfio_pci_hot_reset_info*)bytes;
                info->argsz = (uint)buffer.Length;
                int result = kernel.GetHotResetInfo(fd, info);
                switch (result)
                {
                    case >= 0:
                        return info->count <= (uint)room ? Decode(info) : throw Senseless(name, info->count);
                    case -Errno.ENODEV:
                        return null;
                    case -Errno.EAGAIN:
                        continue;
                    case -Errno.ENOSPC:
                        room = info->count is > 0 and <= MaxMembers ? (int)Math.Max(info->count, (uint)room + 1) : throw Senseless(name, info->count);
                        break;
                    default:
                        throw ResetErrors.HotResetInfo(name, -result);
                }
            }
        }

        throw ResetErrors.BusKeepsChanging(name, MaxRounds);
    }

    private static HotResetMember[] Decode(vfio_pci_hot_reset_info* info)
    {
        bool byDevice = (info->flags & VFIO_PCI_HOT_RESET_FLAG_DEV_ID) != 0;
        var members = new HotResetMember[info->count];
        for (int i = 0; i < members.Length; i++)
        {
            vfio_pci_dependent_device found = vfio_pci_hot_reset_info.devices(info)[i];
            var address = new PciAddress(found.segment, found.bus, found.devfn >> 3, found.devfn & 7);
            members[i] = byDevice ? ByDevice(address, (int)found.devid) : new HotResetMember(address, (int)found.group_id, null, null);
        }

        return members;
    }

    private static HotResetMember ByDevice(PciAddress address, int id) => id switch
    {
        VFIO_PCI_DEVID_NOT_OWNED => new(address, null, null, IsOwned: false),
        VFIO_PCI_DEVID_OWNED => new(address, null, null, IsOwned: true),
        _ => new(address, null, (uint)id, IsOwned: true),
    };

    private static InvalidDataException Senseless(string name, uint count)
        => new($"{name}: VFIO_DEVICE_GET_PCI_HOT_RESET_INFO tells of {count} functions.");
}
