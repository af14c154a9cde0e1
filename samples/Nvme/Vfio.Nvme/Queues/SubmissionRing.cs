using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A submission queue's entries and its tail (NVM Express 1.4, 4.1). One thread at a time.</summary>
internal unsafe struct SubmissionRing
{
    private readonly SubmissionEntry* _entries;
    private readonly uint _count;
    private readonly Doorbell _doorbell;
    private readonly uint* _shadow;
    private readonly uint* _eventIndex;
    private uint _tail;
    private uint _rung;

    public SubmissionRing(nint entries, int count, in QueueDoorbell doorbell)
    {
        _entries = (SubmissionEntry*)entries;
        _count = (uint)count;
        _doorbell = doorbell.Register;
        _shadow = (uint*)doorbell.Shadow;
        _eventIndex = (uint*)doorbell.EventIndex;
        Restart();
    }

    /// <summary>The entry at the tail, to be written.</summary>
    public readonly SubmissionEntry* Next => _entries + _tail;

    /// <summary>Counts the entry in. The controller sees it with the next <see cref="Ring"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance()
    {
        uint next = _tail + 1;
        _tail = next == _count ? 0 : next;
    }

    /// <summary>Tells the controller of all entries that it has not been told of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ring()
    {
        uint tail = _tail;
        uint old = _rung;
        if (tail == old)
        {
            return;
        }

        _rung = tail;
        if (_shadow is null || ShadowDoorbells.Publish(_shadow, _eventIndex, tail, old))
        {
            DmaBarrier.Write();
            _doorbell.Write(tail);
        }
    }

    /// <summary>Starts over, as a queue that was created anew.</summary>
    public void Restart()
    {
        _tail = _rung = 0;
        ShadowDoorbells.Reset(_shadow, _eventIndex);
    }
}
