using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>The interrupt registers of the 82540EM (Intel PCI/PCI-X Family of Gigabit Ethernet Controllers, 13.4.17 and on).</summary>
internal sealed class E1000Line(VfioDevice device) : BridgedLine(device, bar: 0)
{
    private const long CauseRead = 0xc0;
    private const long CauseSet = 0xc8;
    private const long MaskSet = 0xd0;
    private const uint LinkChange = 4;

    public override bool IsUnmasked => (Registers.Read32(MaskSet) & LinkChange) != 0;

    public override void Raise()
    {
        Registers.Write32(MaskSet, LinkChange);
        Registers.Write32(CauseSet, LinkChange);
    }

    public override void Acknowledge() => _ = Registers.Read32(CauseRead);
}
