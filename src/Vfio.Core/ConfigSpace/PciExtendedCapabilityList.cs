using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The extended capabilities of a function, walked with <c>foreach</c> and without allocation.</summary>
/// <remarks>Each walk reads the device. A chain that is malformed throws <see cref="InvalidDataException"/>.</remarks>
public readonly struct PciExtendedCapabilityList
{
    private readonly PciConfigSpace _config;

    internal PciExtendedCapabilityList(PciConfigSpace config) => _config = config;

    /// <summary>Starts a walk.</summary>
    public Enumerator GetEnumerator() => new(_config);

    /// <summary>A walk along the chain.</summary>
    public struct Enumerator
    {
        private const int MaxCount = (PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 4;

        private readonly PciConfigSpace _config;
        private int _next;
        private int _remaining;

        internal Enumerator(PciConfigSpace config)
        {
            _config = config;
            _remaining = MaxCount;
            _next = config.Length > PCI_CFG_SPACE_SIZE ? PCI_CFG_SPACE_SIZE : 0;
            Current = default;
        }

        /// <summary>The capability that the walk has come to.</summary>
        public PciExtendedCapability Current { get; private set; }

        /// <summary>Goes on to the next capability.</summary>
        /// <exception cref="InvalidDataException">The chain leaves the extended space or closes a cycle.</exception>
        public bool MoveNext()
        {
            while (_next != 0)
            {
                if (_next < PCI_CFG_SPACE_SIZE)
                {
                    throw Malformed("points into the first 256 bytes");
                }

                if (_next + sizeof(uint) > _config.Length)
                {
                    throw Malformed("points past the end");
                }

                if (_remaining-- == 0)
                {
                    throw Malformed("closes a cycle");
                }

                int offset = _next;
                uint header = _config.Read32(offset);
                if (header is 0 or uint.MaxValue)
                {
                    // No list at all: conventional devices read zeros here, and a device that is gone reads ones.
                    _next = 0;
                    return false;
                }

                _next = (int)(header >> 20) & ~3;
                ushort id = (ushort)(header & 0xffff);
                if (id != 0)
                {
                    Current = new PciExtendedCapability(id, (byte)((header >> 16) & 0xf), offset);
                    return true;
                }

                // Id zero is a placeholder at the head of a list whose first real entry is hidden.
            }

            return false;
        }

        private readonly InvalidDataException Malformed(string problem)
            => new($"{_config.Name}: the chain of extended capabilities {problem} at 0x{_next:x}.");
    }
}
