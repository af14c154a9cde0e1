using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The devices that vfio-pci itself refuses (its list is not shown anywhere; this is that of Linux 7.3).</summary>
internal static class DeniedDevices
{
    private const ushort Intel = 0x8086;

    // QAT C3xxx, C62x, DH895xCC and their virtual functions; DSA and IAX of Sapphire Rapids.
    private static readonly HashSet<ushort> _devices = [0x19e2, 0x19e3, 0x37c8, 0x37c9, 0x0435, 0x0443, 0x0b25, 0x0cfe];

    /// <summary>Whether vfio-pci refuses a function, as the host has its parameter at this moment.</summary>
    public static bool IsRefused(PciFunction function, HostTree tree)
        => function.VendorId == Intel && _devices.Contains(function.DeviceId) && KernelFacts.IsOn(tree, "vfio_pci", "disable_denylist") != true;
}
