namespace Vfio.Tool.Bench.Irq;

/// <summary>The ways in which a PCI function can interrupt.</summary>
internal enum IrqKind
{
    /// <summary>Messages from a table in a BAR.</summary>
    Msix,

    /// <summary>Messages.</summary>
    Msi,

    /// <summary>A line.</summary>
    Intx,
}
