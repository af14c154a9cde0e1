using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>BARs whose size can be chosen (PCI Express Base Specification, 7.8.6).</summary>
/// <param name="Bars">The BARs.</param>
public readonly record struct PciResizableBars(PciResizableBarSet Bars) : IPciCapability<PciResizableBars>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_REBAR;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PciResizableBarSet.MaxLength;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciResizableBars capability)
    {
        capability = default;
        if (!bytes.IsExtendedCapability(PCI_EXT_CAP_ID_REBAR, PciResizableBarSet.MinLength)
            || !PciResizableBarSet.TryRead(bytes, out PciResizableBarSet bars))
        {
            return false;
        }

        capability = new PciResizableBars(bars);
        return true;
    }
}
