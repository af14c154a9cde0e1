namespace Vfio.Core;

/// <summary>Atomic operations (PCI Express Base Specification, 6.15).</summary>
[Flags]
public enum PciAtomics
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A port passes them on.</summary>
    Routing = 0x1,

    /// <summary>The function executes those of 32 bits.</summary>
    Completer32 = 0x2,

    /// <summary>The function executes those of 64 bits.</summary>
    Completer64 = 0x4,

    /// <summary>The function executes compare-and-swap of 128 bits.</summary>
    Completer128 = 0x8,
}
