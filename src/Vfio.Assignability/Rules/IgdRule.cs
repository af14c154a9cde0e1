using System.Buffers.Binary;
using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What Intel's graphics needs of the chipset: vfio-pci fails to open it where that is not as it expects.</summary>
internal sealed class IgdRule : IRule
{
    private const ushort Intel = 0x8086;
    private const uint DisplayClass = 0x03;
    private const uint VgaClass = 0x0300;
    private const uint HostBridge = 0x060000;
    private const uint IsaBridge = 0x060100;
    private const int OpRegionOffset = 0xfc;

    private static readonly PciAddress _hostBridge = new(0, 0, 0, 0);
    private static readonly PciAddress _isaBridge = new(0, 0, 0x1f, 0);

    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        if (device.VendorId != Intel || device.ClassCode >> 16 != DisplayClass)
        {
            return;
        }

        uint? opRegion = OpRegion(device);
        string?[] odd = [Odd(report.Host, _hostBridge, HostBridge, "host bridge"), Odd(report.Host, _isaBridge, IsaBridge, "ISA bridge")];
        if (opRegion is null)
        {
            report.Miss(new UnknownFact(
                "the address of the OpRegion (the dword at 0xfc)",
                device.Config.Path,
                device.Config.Problem ?? (device.Config.IsKnown ? $"shows this caller {device.Config.Value.Length} bytes" : "is not there"),
                odd.All(static problem => problem is null) || !Checks(report) ? null : Verdict.No));
        }
        else if (opRegion is not (0 or uint.MaxValue) && odd.OfType<string>().ToArray() is { Length: > 0 } problems && Checks(report))
        {
            Refused(report, device, opRegion.Value, problems);
        }

        if (device.IsOnRootBus != false && !device.IsVirtualFunction)
        {
            Checklist(report, device, opRegion);
        }
    }

    // The driver for Intel's displays looks for them in vfio-pci only, and before Linux 6.15 only in those of class VGA.
    private static bool Checks(Inspection report)
        => report.Kernel.Config.Has("VFIO_PCI_IGD") != false
            && (report.Device.Driver is not { } driver || !report.Device.IsOnVfio || driver == DriverBinding.DefaultDriver)
            && (report.Device.ClassCode >> 8 == VgaClass || report.Kernel.Version.IsAtLeast(6, 15));

    private static uint? OpRegion(PciFunction device)
        => device.Config is { IsKnown: true, Value: { Length: >= OpRegionOffset + sizeof(uint) } bytes }
            ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(OpRegionOffset))
            : null;

    private static string? Odd(PciHost host, PciAddress address, uint expected, string name)
        => host.Find(address) is not { } bridge || (bridge.VendorId == Intel && bridge.ClassCode == expected)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{address} ({bridge.Ids}, class {bridge.ClassCode:x6}) is not an Intel {name}");

    private static void Refused(Inspection report, PciFunction device, uint opRegion, string[] problems)
    {
        report.Require(Verdict.No);
        report.Add(new Finding(
            FindingCode.DeviceFdRefused,
            Severity.Blocker,
            Confidence.Derived,
            $"The kernel would refuse to open {device}: {Texts.Join(problems)}",
            "For an Intel display with an OpRegion vfio-pci shows the configuration of the host bridge and the ISA bridge as well, and the open fails with EINVAL where they are not Intel's",
            [new Evidence(device.Config.Path, string.Create(CultureInfo.InvariantCulture, $"0xfc: {opRegion:x8}")), .. new[] { _hostBridge, _isaBridge }.Select(report.Host.Find).OfType<PciFunction>().Select(static bridge => Evidence.Of(bridge.Class))],
            Texts.Advice("Use a kernel without CONFIG_VFIO_PCI_IGD, which opens the display without those regions"),
            [device.Address],
            "C10"));
    }

    private static void Checklist(Inspection report, PciFunction device, uint? opRegion)
    {
        bool isVga = device.ClassCode >> 8 == VgaClass;
        bool hasRom = report.Tree.Exists($"{device.Path}/rom");
        string[] lacking =
        [
            .. isVga ? Array.Empty<string>() : ["it is not the primary display of the host's firmware (class 0380), so that a guest's firmware cannot use it (no VBIOS or GOP, no legacy mode)"],
            .. hasRom ? Array.Empty<string>() : ["it has no ROM of its own: a guest's firmware needs a copy of the host's video BIOS or GOP driver"],
            .. opRegion is 0 or uint.MaxValue ? ["the firmware gives no OpRegion: Windows guests and panels need one"] : Array.Empty<string>(),
            .. report.Kernel.Config.Has("VFIO_PCI_IGD") == false ? ["this kernel does not show its OpRegion to a guest (CONFIG_VFIO_PCI_IGD)"] : Array.Empty<string>(),
            .. device.Address == new PciAddress(0, 0, 2, 0) ? Array.Empty<string>() : [$"drivers expect it at 0000:00:02.0, and it is at {device}"],
        ];
        report.Add(new Finding(
            FindingCode.IgdChecklist,
            lacking.Length == 0 ? Severity.Info : Severity.Warning,
            Confidence.Derived,
            $"{device} is Intel's integrated graphics, which relies on parts of the chipset: {(lacking.Length == 0 ? "what can be seen from the host is as it should be" : Texts.Join(lacking))}",
            "It works in a guest under conditions: the guest sees it at 00:02.0, has the OpRegion and the ISA bridge's identity, and no wider addresses than the IOMMU. Linux guests need least",
            [
                Evidence.Of(device.Class),
                new Evidence($"{device.Path}/rom", hasRom ? "present" : null),
                new Evidence(device.Config.Path, opRegion is { } value ? string.Create(CultureInfo.InvariantCulture, $"0xfc: {value:x8}") : null),
            ],
            Texts.Advice("Set the display up as primary in the host's firmware, and take what QEMU documents for integrated graphics (x-igd-opregion, x-igd-lpc, romfile)"),
            [device.Address],
            "C10"));
    }
}
