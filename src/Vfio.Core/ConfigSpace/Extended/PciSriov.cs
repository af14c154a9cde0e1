using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Virtual functions of a physical function, SR-IOV (PCI Express Base Specification, 9.3.3).</summary>
/// <param name="Capabilities">The capabilities register.</param>
/// <param name="Control">The control register.</param>
/// <param name="InitialVfs">How many virtual functions it has at first.</param>
/// <param name="TotalVfs">How many it can have.</param>
/// <param name="NumVfs">How many it has, once they are enabled.</param>
/// <param name="DependencyLink">The function that this one depends on; itself where it depends on none.</param>
/// <param name="FirstVfOffset">What to add to the routing id of the physical function for that of the first virtual one.</param>
/// <param name="VfStride">What to add for the next one.</param>
/// <param name="VfDeviceId">The device id of the virtual functions.</param>
/// <param name="SupportedPageSizes">A bit for each page size that it takes: bit n for 4096 bytes shifted left by n.</param>
/// <param name="SystemPageSize">The bit of the page size that the system has set.</param>
/// <param name="VfBars">The BARs of the virtual functions, one behind the other.</param>
public readonly record struct PciSriov(
    uint Capabilities,
    ushort Control,
    ushort InitialVfs,
    ushort TotalVfs,
    ushort NumVfs,
    byte DependencyLink,
    ushort FirstVfOffset,
    ushort VfStride,
    ushort VfDeviceId,
    uint SupportedPageSizes,
    uint SystemPageSize,
    PciBarSet VfBars) : IPciCapability<PciSriov>
{
    private const int SmallestPage = 4096;

    /// <inheritdoc/>
    public static ushort Id => PCI_EXT_CAP_ID_SRIOV;

    /// <inheritdoc/>
    public static bool IsExtended => true;

    /// <inheritdoc/>
    public static int MaxLength => PCI_EXT_CAP_SRIOV_SIZEOF;

    /// <summary>Whether virtual functions are there.</summary>
    public bool IsVfEnabled => (Control & PCI_SRIOV_CTRL_VFE) != 0;

    /// <summary>Whether virtual functions answer in memory space.</summary>
    public bool IsVfMemoryEnabled => (Control & PCI_SRIOV_CTRL_MSE) != 0;

    /// <summary>Whether virtual functions may be where alternative routing puts them.</summary>
    public bool IsAriHierarchy => (Control & PCI_SRIOV_CTRL_ARI) != 0;

    /// <summary>The page size that the system has set, in bytes; zero where it has set none.</summary>
    public ulong PageSize => (ulong)SystemPageSize * SmallestPage;

    /// <summary>The routing id of a virtual function: bus, device and function in 16 bits.</summary>
    /// <param name="physicalFunction">That of the physical function.</param>
    /// <param name="index">The number of the virtual function, from 0 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such function, whether enabled or not.</exception>
    public ushort RoutingIdOfVf(ushort physicalFunction, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, TotalVfs);
        return unchecked((ushort)(physicalFunction + FirstVfOffset + (VfStride * index)));
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciSriov capability)
    {
        bool isRead = bytes.IsExtendedCapability(PCI_EXT_CAP_ID_SRIOV, PCI_EXT_CAP_SRIOV_SIZEOF);
        capability = isRead
            ? new PciSriov(
                bytes.U32(PCI_SRIOV_CAP),
                bytes.U16(PCI_SRIOV_CTRL),
                bytes.U16(PCI_SRIOV_INITIAL_VF),
                bytes.U16(PCI_SRIOV_TOTAL_VF),
                bytes.U16(PCI_SRIOV_NUM_VF),
                bytes[PCI_SRIOV_FUNC_LINK],
                bytes.U16(PCI_SRIOV_VF_OFFSET),
                bytes.U16(PCI_SRIOV_VF_STRIDE),
                bytes.U16(PCI_SRIOV_VF_DID),
                bytes.U32(PCI_SRIOV_SUP_PGSIZE),
                bytes.U32(PCI_SRIOV_SYS_PGSIZE),
                new PciBarSet(bytes[PCI_SRIOV_BAR..], PCI_SRIOV_NUM_BARS))
            : default;
        return isRead;
    }
}
