using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The base address register of the expansion ROM.</summary>
/// <param name="Register">The register as it is.</param>
public readonly record struct PciRomBar(uint Register)
{
    /// <summary>Whether the function answers at the address.</summary>
    public bool IsEnabled => (Register & PCI_ROM_ADDRESS_ENABLE) != 0;

    /// <summary>The address on the bus; zero where none is assigned, or there is no ROM.</summary>
    public uint Address => Register & PCI_ROM_ADDRESS_MASK;
}
