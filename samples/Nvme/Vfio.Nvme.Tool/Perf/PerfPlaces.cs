using System.Runtime.CompilerServices;

namespace Vfio.Nvme.Tool.Perf;

/// <summary>Where commands go, one after the other: drawn, or in turn.</summary>
internal struct PerfPlaces
{
    private readonly ulong _count;
    private readonly ulong _blocks;
    private readonly bool _isRandom;
    private ulong _state;

    /// <summary>Chooses places.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="blocks">How many blocks each has.</param>
    /// <param name="isRandom">Whether they are drawn.</param>
    /// <param name="part">Which of several that choose, from 0 to 1: it begins elsewhere.</param>
    public PerfPlaces(ulong count, uint blocks, bool isRandom, double part)
    {
        _count = count;
        _blocks = blocks;
        _isRandom = isRandom;
        _state = isRandom ? 0x9e37_79b9_7f4a_7c15 * (ulong)(1 + (part * 1024)) : (ulong)(part * count);
    }

    /// <summary>The first block of the next place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next()
    {
        if (!_isRandom)
        {
            ulong place = _state;
            _state = place + 1 == _count ? 0 : place + 1;
            return place * _blocks;
        }

        unchecked
        {
            // xorshift64*; its high half, taken as a fraction of all places.
            _state ^= _state >> 12;
            _state ^= _state << 25;
            _state ^= _state >> 27;
            return Math.BigMul(_state * 0x2545_f491_4f6c_dd1d, _count, out _) * _blocks;
        }
    }
}
