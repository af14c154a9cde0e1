namespace Vfio.Core;

/// <summary>What a BAR is.</summary>
public enum PciBarKind
{
    /// <summary>The register reads zero: there is no BAR, or one of 32 bits of memory that has no address. The registers of virtual functions all do.</summary>
    Empty,

    /// <summary>I/O ports.</summary>
    IO,

    /// <summary>Memory with an address of 32 bits.</summary>
    Memory32,

    /// <summary>Memory below 1 MiB, which no device has had since PCI 2.2.</summary>
    MemoryBelow1M,

    /// <summary>Memory with an address of 64 bits, whose upper half is in the next register.</summary>
    Memory64,

    /// <summary>The upper half of the address before.</summary>
    UpperHalf,

    /// <summary>A kind of memory that is not defined, or one of 64 bits without a register behind it.</summary>
    Undefined,
}
