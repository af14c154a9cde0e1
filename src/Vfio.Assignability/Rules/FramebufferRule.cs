using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Does the firmware's framebuffer, or something else of the host's, sit in the device's memory?</summary>
internal sealed class FramebufferRule : IRule
{
    private const string Map = "/proc/iomem";
    private const string Platform = "/sys/bus/platform";
    private const uint VgaClass = 0x0300;

    private static readonly string[] _names = ["BOOTFB", "simpledrm", "simple-framebuffer", "efifb", "vesafb", "efidrm", "vesadrm"];
    private static readonly (string Device, string Driver)[] _devices =
    [
        ("simple-framebuffer.0", "simple-framebuffer"), ("efi-framebuffer.0", "efi-framebuffer"), ("vesa-framebuffer.0", "vesa-framebuffer"),
    ];

    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;

        // For a VGA device vfio-pci puts the firmware's framebuffer away itself, since Linux 6.0.
        bool evicts = device.ClassCode >> 8 == VgaClass && report.Kernel.Version.IsAtLeast(6, 0);
        if (evicts || device.IsBridge)
        {
            return;
        }

        HostFact<string> map = report.Tree.ReadText(Map);
        if (!map.IsKnown && device.ClassCode >> 16 == 0x03)
        {
            report.Miss(UnknownFact.Of("whether the firmware's framebuffer is in the device's memory", map));
        }

        string[] lines = [.. (map.Value ?? string.Empty).Split('\n').Where(static line => _names.Any(name => line.EndsWith(": " + name, StringComparison.Ordinal)))];
        if (lines.Length == 0)
        {
            return;
        }

        IReadOnlyList<PciResource> bars = PciResource.MemoryOf(device);
        string? claim = lines.FirstOrDefault(line => Range(line) is { } range && range.Last != 0 && bars.Any(bar => bar.First <= range.First && range.Last <= bar.Last));
        if (claim is not null)
        {
            Claimed(report, device, claim.Trim());
        }
        else if (device.ClassCode >> 16 == 0x03 && lines.Any(static line => Range(line) is null or { Last: 0 }) && (device.Driver is null || device.IsOnVfio))
        {
            report.Miss(new UnknownFact("whether the firmware's framebuffer is in the device's memory", Map, "hides addresses from this caller"));
        }
    }

    private static void Claimed(Inspection report, PciFunction device, string claim)
    {
        (string Device, string Driver)? holder = _devices.Cast<(string Device, string Driver)?>()
            .FirstOrDefault(known => report.Tree.Exists($"{Platform}/devices/{known!.Value.Device}"));
        (string framebuffer, string driver) = holder ?? _devices[0];
        string command = Texts.Write(framebuffer, $"{Platform}/drivers/{driver}/unbind");
        report.Require(
            StepPhase.Framebuffer,
            new HandoverAction("Take the firmware's framebuffer away: the host's console on it goes dark", command, [device.Address], Reversible: true, Reboot: false));
        report.Add(new Finding(
            FindingCode.BarReserved,
            Severity.Blocker,
            Confidence.Stated,
            $"The firmware's framebuffer sits in the memory of {device}: {claim}",
            "The device opens, but its BAR cannot be mapped (EBUSY): vfio-pci puts the framebuffer away for devices of class VGA (0300) only",
            [new Evidence(Map, claim), Evidence.Of(device.Class)],
            Texts.Fix("Unbind it; the host's console on this display ends. Should the claim stay, boot with another primary display", command),
            [device.Address],
            "C5"));
    }

    // "  e0000000-e07effff : BOOTFB"
    private static (ulong First, ulong Last)? Range(string line)
    {
        string range = line.Trim().Split(' ', 2)[0];
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && HostText.Hex(range.AsSpan(0, dash)) is { } first
            && HostText.Hex(range.AsSpan(dash + 1)) is { } last
            ? (first, last)
            : null;
    }
}
