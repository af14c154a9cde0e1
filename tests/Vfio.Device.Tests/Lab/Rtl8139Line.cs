using Vfio.Core;

namespace Vfio.Device.Tests.Lab;

/// <summary>The timer of the RTL8139, which interrupts without a packet (RTL8139C datasheet, 5.6, 5.7 and the timer registers).</summary>
internal sealed class Rtl8139Line(VfioDevice device) : BridgedLine(device, bar: 1)
{
    private const long Mask = 0x3c;
    private const long Status = 0x3e;
    private const long Count = 0x48;
    private const long Limit = 0x54;
    private const ushort Timeout = 1 << 14;
    private const uint Ticks = 1000;

    public override bool IsUnmasked => (Registers.Read16(Mask) & Timeout) != 0;

    public override void Raise()
    {
        Registers.Write32(Limit, Ticks);
        Registers.Write16(Mask, Timeout);
        Registers.Write32(Count, 0);
    }

    public override void Acknowledge()
    {
        Registers.Write32(Limit, 0);
        Registers.Write16(Status, Timeout);
    }
}
