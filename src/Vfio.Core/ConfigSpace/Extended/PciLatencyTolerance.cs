using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>How much latency a device tolerates, as the system has set it (PCI Express Base Specification, 7.8.2).</summary>
/// <param name="MaxSnoop">The register for transfers that are snooped.</param>
/// <param name="MaxNoSnoop">The register for transfers that are not.</param>
public readonly record struct PciLatencyTolerance(ushort MaxSnoop, ushort MaxNoSnoop) : IPciCapability<PciLatencyTolerance>
{
    private const int ScaleStep = 5;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_LTR;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_LTR_SIZEOF;

    /// <summary>The most latency of transfers that are snooped, in nanoseconds.</summary>
    public long MaxSnoopNanoseconds => Nanoseconds(MaxSnoop);

    /// <summary>The most latency of transfers that are not snooped, in nanoseconds.</summary>
    public long MaxNoSnoopNanoseconds => Nanoseconds(MaxNoSnoop);

    private static long Nanoseconds(ushort register)
        => (long)register.Field(PCI_LTR_VALUE_MASK) << (register.Field(PCI_LTR_SCALE_MASK) * ScaleStep);

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciLatencyTolerance capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_LTR, PCI_EXT_CAP_LTR_SIZEOF);
        capability = isRead
            ? new PciLatencyTolerance(bytes.U16(PCI_LTR_MAX_SNOOP_LAT), bytes.U16(PCI_LTR_MAX_NOSNOOP_LAT))
            : default;
        return isRead;
    }
}
