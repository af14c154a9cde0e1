using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>A base address register. Its size is not in it: <see cref="DeviceRegion.Length"/> and sysfs' <c>resource</c> have it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Address">The address on the bus; zero where none is assigned.</param>
/// <param name="IsPrefetchable">Whether reads of the memory have no effects.</param>
public readonly record struct PciBar(PciBarKind Kind, ulong Address, bool IsPrefetchable)
{
    /// <summary>Whether it is memory.</summary>
    public bool IsMemory => Kind is PciBarKind.Memory32 or PciBarKind.MemoryBelow1M or PciBarKind.Memory64;

    internal static PciBar Decode(uint register, uint? next)
    {
        if (register == 0)
        {
            return default;
        }

        if ((register & PCI_BASE_ADDRESS_SPACE_IO) != 0)
        {
            return new PciBar(PciBarKind.IO, register & PCI_BASE_ADDRESS_IO_MASK, IsPrefetchable: false);
        }

        ulong address = register & PCI_BASE_ADDRESS_MEM_MASK;
        bool isPrefetchable = (register & PCI_BASE_ADDRESS_MEM_PREFETCH) != 0;
        return (int)(register & PCI_BASE_ADDRESS_MEM_TYPE_MASK) switch
        {
            PCI_BASE_ADDRESS_MEM_TYPE_32 => new PciBar(PciBarKind.Memory32, address, isPrefetchable),
            PCI_BASE_ADDRESS_MEM_TYPE_1M => new PciBar(PciBarKind.MemoryBelow1M, address, isPrefetchable),
            PCI_BASE_ADDRESS_MEM_TYPE_64 when next is { } upper => new PciBar(PciBarKind.Memory64, ((ulong)upper << 32) | address, isPrefetchable),
            _ => new PciBar(PciBarKind.Undefined, address, isPrefetchable),
        };
    }
}
