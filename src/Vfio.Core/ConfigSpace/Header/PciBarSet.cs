using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The base address registers of a header, or of the virtual functions of an SR-IOV capability.</summary>
public readonly record struct PciBarSet
{
    private readonly (uint, uint, uint, uint, uint, uint) _registers;

    internal PciBarSet(ReadOnlySpan<byte> registers, int count)
    {
        Count = count;
        _registers = (At(registers, 0), At(registers, 1), At(registers, 2), At(registers, 3), At(registers, 4), At(registers, 5));

        uint At(ReadOnlySpan<byte> bytes, int index) => index < count ? bytes.U32(index * sizeof(uint)) : 0;
    }

    /// <summary>How many registers there are: 6 of an endpoint and of virtual functions, 2 of a bridge, 1 of a bridge to CardBus.</summary>
    public int Count { get; }

    /// <summary>Decodes a register, with the one behind it where both are one address.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such register.</exception>
    public PciBar this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return IsUpperHalf(index)
                ? new PciBar(PciBarKind.UpperHalf, 0, IsPrefetchable: false)
                : PciBar.Decode(Register(index), index + 1 < Count ? Register(index + 1) : null);
        }
    }

    /// <summary>The register as it is.</summary>
    /// <param name="index">Its number.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such register.</exception>
    public uint Register(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return index switch
        {
            0 => _registers.Item1,
            1 => _registers.Item2,
            2 => _registers.Item3,
            3 => _registers.Item4,
            4 => _registers.Item5,
            5 => _registers.Item6,
            _ => throw new ArgumentOutOfRangeException(nameof(index), index, "There is no such register."),
        };
    }

    // Which registers belong together follows from the first one on.
    private bool IsUpperHalf(int index)
    {
        bool isUpper = false;
        for (int before = 0; before < index; before++)
        {
            uint register = Register(before);
            isUpper = !isUpper
                && (register & PCI_BASE_ADDRESS_SPACE_IO) == 0
                && (register & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
        }

        return isUpper;
    }
}
