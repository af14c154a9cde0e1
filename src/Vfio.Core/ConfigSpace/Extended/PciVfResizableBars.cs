using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>BARs of virtual functions whose size can be chosen (PCI Express Base Specification, 7.8.7). Sizes are those of one virtual function. VFIO hides it.</summary>
/// <param name="Bars">The BARs.</param>
public readonly record struct PciVfResizableBars(PciResizableBarSet Bars) : IPciCapability<PciVfResizableBars>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_VF_REBAR;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PciResizableBarSet.MaxLength;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciVfResizableBars capability)
    {
        capability = default;
        if (!bytes.IsExtendedCapability(PCI_EXT_CAP_ID_VF_REBAR, PciResizableBarSet.MinLength)
            || !PciResizableBarSet.TryRead(bytes, out PciResizableBarSet bars))
        {
            return false;
        }

        capability = new PciVfResizableBars(bars);
        return true;
    }
}
