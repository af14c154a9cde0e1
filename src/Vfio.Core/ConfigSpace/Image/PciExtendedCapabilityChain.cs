namespace Vfio.Core;

/// <summary>The capabilities behind the first 256 bytes of an image, walked with <c>foreach</c> and without allocation.</summary>
/// <remarks>A walk yields what can be reached, and never throws. How the chain ended is in <see cref="End"/>.</remarks>
public readonly struct PciExtendedCapabilityChain
{
    private readonly PciConfigImage _image;

    internal PciExtendedCapabilityChain(PciConfigImage image) => _image = image;

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
        private readonly PciPresence _space;
        private ExtendedCapabilityWalk _walk;

        internal Enumerator(PciConfigImage image)
        {
            _space = image.ExtendedSpace;
            _walk = new ExtendedCapabilityWalk(image);
        }

        /// <summary>The capability that the walk has come to.</summary>
        public readonly PciExtendedCapability Current => _walk.Current;

        /// <summary>How the chain ended, once there is no next capability.</summary>
        public readonly PciChainEnd End => _space switch
        {
            PciPresence.Present => _walk.End,
            PciPresence.Absent => new PciChainEnd(PciChainState.Complete, 0),
            _ => new PciChainEnd(PciChainState.Unknown, Native.PciRegs.PCI_CFG_SPACE_SIZE),
        };

        /// <summary>Goes on to the next capability.</summary>
        public bool MoveNext() => _space == PciPresence.Present && _walk.MoveNext();
    }
}
