using System.Runtime.CompilerServices;
using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The places that a walk has been to: one bit for each 32 bits of a configuration space.</summary>
[InlineArray(PCI_CFG_SPACE_EXP_SIZE / sizeof(uint) / BitsPerWord)]
internal struct OffsetSet
{
    private const int BitsPerWord = 64;

    private ulong _word;

    /// <summary>Adds an offset, which is aligned to 4 bytes.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Add(int offset)
    {
        int place = offset / sizeof(uint);
        ulong bit = 1UL << (place % BitsPerWord);
        ref ulong word = ref this[place / BitsPerWord];
        bool isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }
}
