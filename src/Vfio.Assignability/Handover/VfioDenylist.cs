using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The devices that vfio-pci itself refuses (drivers/vfio/pci/vfio_pci.c): parts of Intel's that a user could stop the machine with.</summary>
internal static class VfioDenylist
{
    private const ushort Intel = 0x8086;
    private const string Switch = "/sys/module/vfio_pci/parameters/disable_denylist";

    /// <summary>Whether vfio-pci refuses a function. Variant drivers have no such list.</summary>
    public static bool Refuses(PciFunction device, string driver)
        => driver == DriverBinding.DefaultDriver
        && device.VendorId == Intel
        && IsListed(device.DeviceId)
        && device.Host.Tree.ReadText(Switch).Value is not ("Y" or "1");

    private static bool IsListed(ushort device) => device
        is 0x0435 or 0x0443 // QAT DH895XCC and its virtual functions
        or 0x19e2 or 0x19e3 // QAT C3XXX
        or 0x37c8 or 0x37c9 // QAT C62X
        or 0x0b25 // DSA of Sapphire Rapids
        or 0x0cfe; // IAX of Sapphire Rapids
}
