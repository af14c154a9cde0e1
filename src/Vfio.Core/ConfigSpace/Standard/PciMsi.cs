using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Message signalled interrupts (PCI Local Bus Specification, 6.8.1).</summary>
/// <param name="Control">The control register.</param>
/// <param name="Address">The address that a message is written to.</param>
/// <param name="Data">The data of the first message.</param>
/// <param name="Mask">A bit for each vector that is masked; zero where vectors have none.</param>
/// <param name="Pending">A bit for each vector that waits for its mask to go; zero where vectors have none.</param>
public readonly record struct PciMsi(ushort Control, ulong Address, ushort Data, uint Mask, uint Pending) : IPciCapability<PciMsi>
{
    private const int Length32 = PCI_MSI_DATA_32 + sizeof(ushort);
    private const int Length64 = PCI_MSI_DATA_64 + sizeof(ushort);
    private const int MaskedLength32 = PCI_MSI_PENDING_32 + sizeof(uint);
    private const int MaskedLength64 = PCI_MSI_PENDING_64 + sizeof(uint);

    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_MSI;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => MaskedLength64;

    /// <summary>Whether messages are sent. With VFIO the interrupt set of the device decides that.</summary>
    public bool IsEnabled => (Control & PCI_MSI_FLAGS_ENABLE) != 0;

    /// <summary>How many vectors the function asks for, 1 to 32. More is reserved.</summary>
    public int VectorCount => 1 << Control.Field(PCI_MSI_FLAGS_QMASK);

    /// <summary>How many vectors the system gave it.</summary>
    public int EnabledVectorCount => 1 << Control.Field(PCI_MSI_FLAGS_QSIZE);

    /// <summary>Whether the address has 64 bits.</summary>
    public bool Is64Bit => (Control & PCI_MSI_FLAGS_64BIT) != 0;

    /// <summary>Whether each vector can be masked.</summary>
    public bool HasMask => (Control & PCI_MSI_FLAGS_MASKBIT) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciMsi capability)
    {
        capability = default;
        if (!bytes.IsCapability(PCI_CAP_ID_MSI, PCI_CAP_SIZEOF))
        {
            return false;
        }

        capability = new PciMsi { Control = bytes.U16(PCI_MSI_FLAGS) };
        int length = (capability.Is64Bit, capability.HasMask) switch
        {
            (false, false) => Length32,
            (false, true) => MaskedLength32,
            (true, false) => Length64,
            (true, true) => MaskedLength64,
        };
        if (bytes.Length < length)
        {
            capability = default;
            return false;
        }

        capability = capability with
        {
            Address = capability.Is64Bit ? bytes.U64(PCI_MSI_ADDRESS_LO) : bytes.U32(PCI_MSI_ADDRESS_LO),
            Data = bytes.U16(capability.Is64Bit ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32),
        };
        if (capability.HasMask)
        {
            capability = capability with
            {
                Mask = bytes.U32(capability.Is64Bit ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32),
                Pending = bytes.U32(capability.Is64Bit ? PCI_MSI_PENDING_64 : PCI_MSI_PENDING_32),
            };
        }

        return true;
    }
}
