using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The BARs whose sizes can be chosen, up to six.</summary>
public readonly record struct PciResizableBarSet
{
    /// <summary>With the header of a capability, and one BAR, whose register has the count.</summary>
    internal const int MinLength = PCI_REBAR_CAP + EntryLength;

    /// <summary>With all of the BARs that a function can have.</summary>
    internal const int MaxLength = PCI_REBAR_CAP + (PCI_STD_NUM_BARS * EntryLength);

    private const int EntryLength = 2 * sizeof(uint);

    private readonly (ulong, ulong, ulong, ulong, ulong, ulong) _entries;

    private PciResizableBarSet(ReadOnlySpan<byte> entries, int count)
    {
        Count = count;
        _entries = (At(entries, 0), At(entries, 1), At(entries, 2), At(entries, 3), At(entries, 4), At(entries, 5));

        ulong At(ReadOnlySpan<byte> bytes, int index) => index < count ? bytes.U64(index * EntryLength) : 0;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>One of them. Its number here is not that of the BAR.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public PciResizableBar this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ulong entry = index switch
            {
                0 => _entries.Item1,
                1 => _entries.Item2,
                2 => _entries.Item3,
                3 => _entries.Item4,
                4 => _entries.Item5,
                5 => _entries.Item6,
                _ => throw new ArgumentOutOfRangeException(nameof(index), index, "There are not so many."),
            };
            return new PciResizableBar((uint)entry, (uint)(entry >> 32));
        }
    }

    /// <summary>Reads what follows the header of a capability, of which there is at least one BAR.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out PciResizableBarSet bars)
    {
        // More than six make no sense, and are not read.
        int count = Math.Min(bytes.U32(PCI_REBAR_CTRL).Field(PCI_REBAR_CTRL_NBAR_MASK), PCI_STD_NUM_BARS);
        bool isWhole = bytes.Length >= PCI_REBAR_CAP + (count * EntryLength);
        bars = isWhole ? new PciResizableBarSet(bytes[PCI_REBAR_CAP..], count) : default;
        return isWhole;
    }
}
