using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The entries of an enhanced allocation capability, walked with <c>foreach</c> and without allocation.</summary>
/// <remarks>A walk ends where the bytes do; <see cref="PciEnhancedAllocation.EntryCount"/> is how many there should be.</remarks>
public readonly ref struct PciEnhancedAllocationEntries
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly PciHeaderType _headerType;

    /// <summary>The entries of a capability.</summary>
    /// <param name="bytes">The bytes from the capability's first on, as <see cref="PciConfigImage.BytesAt"/> gives them.</param>
    /// <param name="headerType">The type of the function's header: that of a bridge has buses ahead of the entries.</param>
    public PciEnhancedAllocationEntries(ReadOnlySpan<byte> bytes, PciHeaderType headerType)
    {
        _bytes = bytes;
        _headerType = headerType;
    }

    /// <summary>Starts a walk.</summary>
    public Enumerator GetEnumerator() => new(_bytes, _headerType);

    /// <summary>A walk along the entries.</summary>
    public ref struct Enumerator
    {
        private const int Word = sizeof(uint);

        private readonly ReadOnlySpan<byte> _bytes;
        private int _next;
        private int _remaining;

        internal Enumerator(ReadOnlySpan<byte> bytes, PciHeaderType headerType)
        {
            _bytes = bytes;
            _next = headerType == PciHeaderType.Bridge ? PCI_EA_FIRST_ENT_BRIDGE : PCI_EA_FIRST_ENT;
            _remaining = PciEnhancedAllocation.TryRead(bytes, out PciEnhancedAllocation capability) ? capability.EntryCount : 0;
        }

        /// <summary>The entry that the walk has come to.</summary>
        public PciEnhancedAllocationEntry Current { get; private set; }

        /// <summary>Goes on to the next entry.</summary>
        public bool MoveNext()
        {
            if (_remaining == 0 || _bytes.Length < _next + Word)
            {
                return false;
            }

            uint register = _bytes.U32(_next);
            int length = (register.Field(PCI_EA_ES) + 1) * Word;
            if (_bytes.Length < _next + length)
            {
                _remaining = 0;
                return false;
            }

            Current = Decode(register, _bytes.Slice(_next + Word, length - Word));
            _next += length;
            _remaining--;
            return true;
        }

        // The low halves of base and offset come first, and then the high halves of those that have one.
        private static PciEnhancedAllocationEntry Decode(uint register, ReadOnlySpan<byte> rest)
        {
            if (rest.Length < 2 * Word)
            {
                return new PciEnhancedAllocationEntry(register, 0, 0);
            }

            uint low = rest.U32(0);
            uint lowOffset = rest.U32(Word);
            ulong first = low & PCI_EA_FIELD_MASK;
            ulong offset = lowOffset | ~PCI_EA_FIELD_MASK;
            int high = 2 * Word;
            if ((low & PCI_EA_IS_64) != 0 && rest.Length >= high + Word)
            {
                first |= (ulong)rest.U32(high) << 32;
                high += Word;
            }

            if ((lowOffset & PCI_EA_IS_64) != 0 && rest.Length >= high + Word)
            {
                offset |= (ulong)rest.U32(high) << 32;
            }

            return new PciEnhancedAllocationEntry(register, first, offset);
        }
    }
}
