using Vfio.Core;
using Xunit;

namespace Vfio.Device.Tests.Lab;

/// <summary>
/// Finds the devices that a test may take: in the lab's guest by their ids, and elsewhere only the one that the user
/// named, because ids such as the network card's belong to real hardware too.
/// </summary>
internal static class TestDevice
{
    /// <summary>Names the device that the tests may take on a real machine.</summary>
    public const string Variable = "VFIO_TEST_DEVICE";

    /// <summary>Set by the lab in its guest, whose devices are all there to be taken.</summary>
    private const string LabVariable = "VFIO_LAB";

    private static readonly bool _inLab = Environment.GetEnvironmentVariable(LabVariable) == "1";

    /// <summary>Any device: the one that the user named, or in the lab edu.</summary>
    public static PciAddress Any()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrEmpty(named) ? Edu() : PciAddress.Parse(named);
    }

    /// <summary>QEMU's teaching device: registers, DMA, INTx and MSI, no reset.</summary>
    public static PciAddress Edu() => Find(0x1234, 0x11e8, "QEMU's edu");

    /// <summary>QEMU's NVMe controller: MSI-X, function level reset.</summary>
    public static PciAddress Nvme() => Find(0x1b36, 0x0010, "QEMU's NVMe controller");

    /// <summary>The 82576 network card: 10 MSI-X vectors that software can trigger, PCI Express capabilities.</summary>
    public static PciAddress Igb() => Find(0x8086, 0x10c9, "an igb network card");

    /// <summary>Shared memory as a BAR.</summary>
    public static PciAddress Ivshmem() => Find(0x1af4, 0x1110, "an ivshmem device");

    /// <summary>A network card behind the conventional bridge whose driver the lab's kernel has.</summary>
    public static PciAddress BridgedE1000() => Find(0x8086, 0x100e, "an e1000 network card behind a bridge");

    /// <summary>Its neighbour in the same group.</summary>
    public static PciAddress BridgedRtl8139() => Find(0x10ec, 0x8139, "an rtl8139 network card behind a bridge");

    private static PciAddress Find(ushort vendor, ushort device, string what)
    {
        IEnumerable<PciFunction> candidates = PciFunction.ReadAll().Where(f => f.VendorId == vendor && f.DeviceId == device);
        if (!_inLab)
        {
            string? named = Environment.GetEnvironmentVariable(Variable);
            Assert.SkipWhen(string.IsNullOrEmpty(named), $"needs {what}: run in the lab, or name a device in {Variable}");
            PciAddress allowed = PciAddress.Parse(named!);
            candidates = candidates.Where(f => f.Address == allowed);
        }

        PciFunction? found = candidates.FirstOrDefault();
        Assert.SkipWhen(found is null, $"needs {what}, and {(_inLab ? "the lab's machine" : Variable)} has none");
        return found!.Address;
    }
}
