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
        private readonly PciConfigSpace _config;
        private readonly bool _isReachable;
        private ExtendedCapabilityWalk _walk;

        internal Enumerator(PciConfigSpace config)
        {
            _config = config;
            _isReachable = config.Length > Native.PciRegs.PCI_CFG_SPACE_SIZE;
            _walk = new ExtendedCapabilityWalk(config);
        }

        /// <summary>The capability that the walk has come to.</summary>
        public readonly PciExtendedCapability Current => _walk.Current;

        /// <summary>Goes on to the next capability.</summary>
        /// <exception cref="InvalidDataException">The chain leaves the extended space or closes a cycle.</exception>
        public bool MoveNext()
        {
            if (!_isReachable)
            {
                return false;
            }

            if (_walk.MoveNext())
            {
                return true;
            }

            return _walk.End.Problem is { } problem
                ? throw new InvalidDataException($"{_config.Name}: the chain of extended capabilities {problem}.")
                : false;
        }
    }
}
