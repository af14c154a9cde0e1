using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>A walk along the capabilities in the first 256 bytes. It ends, whatever the bytes are.</summary>
internal struct CapabilityWalk
{
    private readonly IConfigBytes _bytes;
    private OffsetSet _seen;
    private int _next;

    public CapabilityWalk(IConfigBytes bytes)
    {
        _bytes = bytes;
        End = new PciChainEnd(PciChainState.Complete, 0);
        if (bytes.Length < PCI_STD_HEADER_SIZEOF)
        {
            End = new PciChainEnd(bytes.BeyondLength, (int)bytes.Length);
            return;
        }

        if ((bytes.Read16(PCI_STATUS) & PCI_STATUS_CAP_LIST) != 0)
        {
            bool isCardBus = (bytes.Read8(PCI_HEADER_TYPE) & PCI_HEADER_TYPE_MASK) == PCI_HEADER_TYPE_CARDBUS;
            _next = bytes.Read8(isCardBus ? PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST) & ~3;
        }
    }

    /// <summary>The capability that the walk has come to.</summary>
    public PciCapability Current { get; private set; }

    /// <summary>How the walk ended, once it has.</summary>
    public PciChainEnd End { get; private set; }

    /// <summary>Goes on.</summary>
    /// <returns>Whether there is another capability.</returns>
    public bool MoveNext()
    {
        if (_next == 0)
        {
            return false;
        }

        if (_next < PCI_STD_HEADER_SIZEOF)
        {
            return Stop(PciChainState.PointsBack);
        }

        if (_next + sizeof(ushort) > _bytes.Length)
        {
            return Stop(_bytes.BeyondLength);
        }

        if (!_seen.Add(_next))
        {
            return Stop(PciChainState.Cycle);
        }

        ushort header = _bytes.Read16(_next);
        if (header == ushort.MaxValue)
        {
            return Stop(PciChainState.AllOnes);
        }

        Current = new PciCapability((byte)(header & PCI_CAP_ID_MASK), _next);
        _next = (header >> 8) & ~3;
        return true;
    }

    private bool Stop(PciChainState state)
    {
        End = new PciChainEnd(state, _next);
        _next = 0;
        return false;
    }
}
