using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>A walk along the capabilities behind the first 256 bytes. It ends, whatever the bytes are.</summary>
internal struct ExtendedCapabilityWalk
{
    private readonly IConfigBytes _bytes;
    private OffsetSet _seen;
    private int _next;

    public ExtendedCapabilityWalk(IConfigBytes bytes)
    {
        _bytes = bytes;
        End = new PciChainEnd(PciChainState.Complete, 0);
        _next = PCI_CFG_SPACE_SIZE;
    }

    /// <summary>The capability that the walk has come to.</summary>
    public PciExtendedCapability Current { get; private set; }

    /// <summary>How the walk ended, once it has.</summary>
    public PciChainEnd End { get; private set; }

    /// <summary>Goes on.</summary>
    /// <returns>Whether there is another capability.</returns>
    public bool MoveNext()
    {
        while (_next != 0)
        {
            if (_next < PCI_CFG_SPACE_SIZE)
            {
                return Stop(PciChainState.PointsBack);
            }

            if (_next + sizeof(uint) > _bytes.Length)
            {
                return Stop(_bytes.BeyondLength);
            }

            if (!_seen.Add(_next))
            {
                return Stop(PciChainState.Cycle);
            }

            int offset = _next;
            uint header = _bytes.Read32(offset);
            if (header == 0 || (header == uint.MaxValue && offset == PCI_CFG_SPACE_SIZE))
            {
                // No list at all: conventional devices read zeros here, and where the space cannot be reached are ones.
                return Stop(PciChainState.Complete);
            }

            if (header == uint.MaxValue)
            {
                return Stop(PciChainState.AllOnes);
            }

            _next = (int)(header >> 20) & ~3;
            ushort id = (ushort)header;
            if (id != 0)
            {
                Current = new PciExtendedCapability(id, (byte)((header >> 16) & 0xf), offset);
                return true;
            }

            // Id zero is a placeholder at the head of a list whose first real entry is hidden.
        }

        return false;
    }

    private bool Stop(PciChainState state)
    {
        End = new PciChainEnd(state, state == PciChainState.Complete ? 0 : _next);
        _next = 0;
        return false;
    }
}
