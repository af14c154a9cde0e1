namespace Vfio.Core;

/// <summary>The command register of a PCI function (PCI Local Bus Specification, 6.2.2).</summary>
[Flags]
public enum PciCommand
{
    /// <summary>The function answers to nothing but configuration accesses.</summary>
    None = 0,

    /// <summary>It answers in I/O space.</summary>
    IO = 0x1,

    /// <summary>It answers in memory space: without it an access to a mapped BAR ends the process.</summary>
    Memory = 0x2,

    /// <summary>It may start transfers: DMA, and message signalled interrupts.</summary>
    BusMaster = 0x4,

    /// <summary>It watches special cycles.</summary>
    SpecialCycles = 0x8,

    /// <summary>It may use memory write and invalidate.</summary>
    MemoryWriteAndInvalidate = 0x10,

    /// <summary>It snoops the palette of a VGA device.</summary>
    VgaPaletteSnoop = 0x20,

    /// <summary>It acts on parity errors.</summary>
    ParityErrorResponse = 0x40,

    /// <summary>It may report system errors.</summary>
    SystemError = 0x100,

    /// <summary>It may send fast back-to-back transactions.</summary>
    FastBackToBack = 0x200,

    /// <summary>It may not raise its INTx line.</summary>
    InterruptDisable = 0x400,
}
