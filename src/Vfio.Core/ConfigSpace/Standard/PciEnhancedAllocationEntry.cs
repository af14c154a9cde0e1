using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>A resource with a fixed address.</summary>
/// <param name="Register">The first register of the entry: what it stands for, and what it is.</param>
/// <param name="Base">The first address; zero where the entry has none.</param>
/// <param name="MaxOffset">The last offset from it, in bytes: the length less one.</param>
public readonly record struct PciEnhancedAllocationEntry(uint Register, ulong Base, ulong MaxOffset)
{
    /// <summary>Whether the entry is in use.</summary>
    public bool IsEnabled => (Register & PCI_EA_ENABLE) != 0;

    /// <summary>Whether the address can be changed.</summary>
    public bool IsWritable => (Register & PCI_EA_WRITABLE) != 0;

    /// <summary>What it stands for: 0 to 5 a BAR, 6 what is behind a bridge, 7 something else, 8 the ROM, 9 to 14 a BAR of virtual functions.</summary>
    public int BarEquivalent => Register.Field(PCI_EA_BEI);

    /// <summary>What it is, as <c>PCI_EA_P_*</c> numbers kinds of resources.</summary>
    public int PrimaryProperties => Register.Field(PCI_EA_PP);

    /// <summary>What it is to those who do not know the primary properties.</summary>
    public int SecondaryProperties => Register.Field(PCI_EA_SP);
}
