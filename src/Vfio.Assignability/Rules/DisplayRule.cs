using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Where do a graphics device's pictures come out?</summary>
internal sealed class DisplayRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        if (device.ClassCode >> 16 != 0x03 || device.IsVirtualFunction)
        {
            return;
        }

        report.Add(new Finding(
            FindingCode.DisplayOutputLocal,
            Severity.Info,
            Confidence.Derived,
            $"Pictures of {device} come out of the card's own connectors only",
            "A console of the virtual machine (SPICE, VNC) does not show them: VFIO has no way to read back a physical GPU's picture. Programs in the guest can send it (Looking Glass, Sunshine, Parsec, VNC servers); most need a monitor or a dummy plug",
            [Evidence.Of(device.Class)],
            null,
            [device.Address],
            "C7"));
    }
}
