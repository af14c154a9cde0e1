using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The capabilities of a function, walked with <c>foreach</c> and without allocation.</summary>
/// <remarks>Each walk reads the device. A chain that is malformed throws <see cref="InvalidDataException"/>.</remarks>
public readonly struct PciCapabilityList
{
    private readonly PciConfigSpace _config;

    internal PciCapabilityList(PciConfigSpace config) => _config = config;

    /// <summary>Starts a walk.</summary>
    public Enumerator GetEnumerator() => new(_config);

    /// <summary>A walk along the chain.</summary>
    public struct Enumerator
    {
        // Capabilities are aligned to 4 bytes and lie behind the 64-byte header, in the first 256 bytes.
        private const int MaxCount = (PCI_CFG_SPACE_SIZE - PCI_STD_HEADER_SIZEOF) / 4;

        private readonly PciConfigSpace _config;
        private int _next;
        private int _remaining;

        internal Enumerator(PciConfigSpace config)
        {
            _config = config;
            _remaining = MaxCount;
            bool any = (config.Read16(PCI_STATUS) & PCI_STATUS_CAP_LIST) != 0;
            _next = any ? config.Read8(PCI_CAPABILITY_LIST) & ~3 : 0;
            Current = default;
        }

        /// <summary>The capability that the walk has come to.</summary>
        public PciCapability Current { get; private set; }

        /// <summary>Goes on to the next capability.</summary>
        /// <exception cref="InvalidDataException">The chain points into the header or closes a cycle.</exception>
        public bool MoveNext()
        {
            if (_next == 0)
            {
                return false;
            }

            if (_next < PCI_STD_HEADER_SIZEOF)
            {
                throw Malformed("points into the header");
            }

            if (_next + 2 > _config.Length)
            {
                throw Malformed("points past the end");
            }

            if (_remaining-- == 0)
            {
                throw Malformed("closes a cycle");
            }

            int offset = _next;
            ushort header = _config.Read16(offset);
            Current = new PciCapability((byte)(header & 0xff), offset);
            _next = (header >> 8) & ~3;
            return true;
        }

        private readonly InvalidDataException Malformed(string problem)
            => new($"{_config.Name}: the chain of capabilities {problem} at 0x{_next:x}.");
    }
}
