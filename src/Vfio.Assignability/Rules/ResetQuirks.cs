using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Devices that the kernel itself (drivers/pci/quirks.c of Linux 7.3), or reports from users, know for resets that do harm or nothing.</summary>
internal static class ResetQuirks
{
    private const ushort Amd = 0x1022;
    private const ushort Ati = 0x1002;
    private const ushort Nvidia = 0x10de;
    private const ushort SolidRun = 0xd063;

    // Vendor, device: resetting the bus above them takes them, or the bus, down for good.
    private static readonly HashSet<(ushort Vendor, ushort Device)> _noBusReset =
    [
        (Nvidia, 0x22ce), (Nvidia, 0x22d0),
        (0x168c, 0x0030), (0x168c, 0x0032), (0x168c, 0x0033), (0x168c, 0x0034), (0x168c, 0x003c), (0x168c, 0x003e),
        (0x17cb, 0x1103), (0x17cb, 0x1107), (0x17cb, 0x0308),
        (0x177d, 0xa100), (0x104c, 0xb005), (0x1b21, 0x1164),
    ];

    // They advertise a reset of the function that hangs them, and the kernel does not use it.
    private static readonly HashSet<(ushort Vendor, ushort Device)> _noFunctionLevelReset =
    [
        (Amd, 0x1487), (Amd, 0x148c), (Amd, 0x149c), (Amd, 0x7901), (Amd, 0x1502), (Amd, 0x17f0),
        (0x8086, 0x1502), (0x8086, 0x1503), (0x14c3, 0x0616), (0x14c3, 0x7925),
    ];

    // Their state survives a change of power state that should have reset them.
    private static readonly HashSet<(ushort Vendor, ushort Device)> _noPowerReset = [(0x15b3, 0xcb84), (0x15b3, 0xcf6c), (0x15b3, 0xcf70), (0x15b3, 0xcf80)];

    // After VFIO's reset their configuration space reads as ones until the host is rebooted: reports from users.
    private static readonly HashSet<(ushort Vendor, ushort Device)> _lostByReset = [(Ati, 0x74a1), (Ati, 0x75a0), (Ati, 0x75a3)];

    public static bool RefusesBusReset(PciFunction function)
        => _noBusReset.Contains((function.VendorId, function.DeviceId)) || (function.VendorId == Nvidia && (function.DeviceId & 0xffc0) == 0x2340);

    public static bool RefusesFunctionLevelReset(PciFunction function)
        => _noFunctionLevelReset.Contains((function.VendorId, function.DeviceId))
            || (function is { VendorId: SolidRun, DeviceId: 0x1000 } && function.Attribute("revision").Value == "0x01");

    public static bool IgnoresPowerReset(PciFunction function) => _noPowerReset.Contains((function.VendorId, function.DeviceId));

    public static bool IsLostByReset(PciFunction function) => _lostByReset.Contains((function.VendorId, function.DeviceId));
}
