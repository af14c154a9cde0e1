using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Process address space ids, PASID, on requests (PCI Express Base Specification, 7.8.9). VFIO hides it.</summary>
/// <param name="Capabilities">The capability register.</param>
/// <param name="Control">The control register.</param>
public readonly record struct PciProcessAddressSpaces(ushort Capabilities, ushort Control) : IPciCapability<PciProcessAddressSpaces>
{
    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_PASID;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_PASID_SIZEOF;

    /// <summary>How many bits an id has, up to 20.</summary>
    public int Width => Capabilities.Field(PCI_PASID_CAP_WIDTH);

    /// <summary>Whether it can ask for memory to execute.</summary>
    public bool SupportsExecute => (Capabilities & PCI_PASID_CAP_EXEC) != 0;

    /// <summary>Whether it can ask with privilege.</summary>
    public bool SupportsPrivileged => (Capabilities & PCI_PASID_CAP_PRIV) != 0;

    /// <summary>Whether it is switched on.</summary>
    public bool IsEnabled => (Control & PCI_PASID_CTRL_ENABLE) != 0;

    /// <summary>Whether it may ask for memory to execute.</summary>
    public bool IsExecuteEnabled => (Control & PCI_PASID_CTRL_EXEC) != 0;

    /// <summary>Whether it may ask with privilege.</summary>
    public bool IsPrivilegedEnabled => (Control & PCI_PASID_CTRL_PRIV) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciProcessAddressSpaces capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_PASID, PCI_EXT_CAP_PASID_SIZEOF);
        capability = isRead
            ? new PciProcessAddressSpaces(bytes.U16(PCI_PASID_CAP), bytes.U16(PCI_PASID_CTRL))
            : default;
        return isRead;
    }
}
