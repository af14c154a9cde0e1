namespace Vfio.Core;

/// <summary>The capabilities in the first 256 bytes of an image, walked with <c>foreach</c> and without allocation.</summary>
/// <remarks>A walk yields what can be reached, and never throws. How the chain ended is in <see cref="End"/>.</remarks>
public readonly struct PciCapabilityChain
{
    private readonly PciConfigImage _image;

    internal PciCapabilityChain(PciConfigImage image) => _image = image;

    /// <summary>How the chain ends: whether all was seen, and what is wrong if it was not.</summary>
    public PciChainEnd End
    {
        get
        {
            Enumerator walk = GetEnumerator();
            while (walk.MoveNext())
            {
            }

            return walk.End;
        }
    }

    /// <summary>Starts a walk.</summary>
    public Enumerator GetEnumerator() => new(_image);

    /// <summary>A walk along the chain.</summary>
    public struct Enumerator
    {
        private readonly bool _isGone;
        private CapabilityWalk _walk;

        internal Enumerator(PciConfigImage image)
        {
            _isGone = image.IsGone;
            _walk = new CapabilityWalk(image);
        }

        /// <summary>The capability that the walk has come to.</summary>
        public readonly PciCapability Current => _walk.Current;

        /// <summary>How the chain ended, once there is no next capability.</summary>
        public readonly PciChainEnd End => _isGone ? default : _walk.End;

        /// <summary>Goes on to the next capability.</summary>
        public bool MoveNext() => !_isGone && _walk.MoveNext();
    }
}
