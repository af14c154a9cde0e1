using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>What conventional devices have of PCI Express (Advanced Capabilities for Conventional PCI).</summary>
/// <param name="Capabilities">The capabilities register.</param>
/// <param name="Status">The status register.</param>
public readonly record struct PciAdvancedFeatures(byte Capabilities, byte Status) : IPciCapability<PciAdvancedFeatures>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_AF;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_CAP_AF_SIZEOF;

    /// <summary>Whether <see cref="IsTransactionPending"/> means something.</summary>
    public bool HasTransactionPending => (Capabilities & PCI_AF_CAP_TP) != 0;

    /// <summary>Whether the function can be reset by itself (FLR).</summary>
    public bool HasFunctionLevelReset => (Capabilities & PCI_AF_CAP_FLR) != 0;

    /// <summary>Whether something that it started has not ended.</summary>
    public bool IsTransactionPending => (Status & PCI_AF_STATUS_TP) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciAdvancedFeatures capability)
    {
        bool isRead = bytes.IsCapability(PCI_CAP_ID_AF, PCI_CAP_AF_SIZEOF);
        capability = isRead
            ? new PciAdvancedFeatures(bytes[PCI_AF_CAP], bytes[PCI_AF_STATUS])
            : default;
        return isRead;
    }
}
