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
        private readonly PciConfigSpace _config;
        private CapabilityWalk _walk;

        internal Enumerator(PciConfigSpace config)
        {
            _config = config;
            _walk = new CapabilityWalk(config);
        }

        /// <summary>The capability that the walk has come to.</summary>
        public readonly PciCapability Current => _walk.Current;

        /// <summary>Goes on to the next capability.</summary>
        /// <exception cref="InvalidDataException">The chain points into the header or past the end, or closes a cycle.</exception>
        public bool MoveNext()
        {
            if (_walk.MoveNext())
            {
                return true;
            }

            return _walk.End.Problem is { } problem
                ? throw new InvalidDataException($"{_config.Name}: the chain of capabilities {problem}.")
                : false;
        }
    }
}
