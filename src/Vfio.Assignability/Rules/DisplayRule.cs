using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Where do a graphics device's pictures come out?</summary>
internal sealed class DisplayRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction[] displays =
        [
            .. report.Ownership.Moving.Append(report.Device).Distinct().Where(static function => function.ClassCode >> 16 == 0x03 && !function.IsVirtualFunction).OrderBy(static function => function.Address),
        ];
        if (displays.Length == 0)
        {
            return;
        }

        report.Add(new Finding(
            FindingCode.DisplayOutputLocal,
            Severity.Info,
            Confidence.Derived,
            $"Pictures of {Texts.Join(displays)} come out of the card's own connectors only",
            "A console of the virtual machine (SPICE, VNC) does not show them: VFIO has no way to read back a physical GPU's picture. Programs in the guest can send it (Looking Glass, Sunshine, Parsec, VNC servers); most need a monitor or a dummy plug",
            [.. displays.Select(static function => Evidence.Of(function.Class))],
            null,
            Texts.Addresses(displays),
            "C7"));
    }
}
