using System.Runtime.CompilerServices;

namespace Vfio.Nvme;

/// <summary>A completion queue's entries and its head (NVM Express 1.4, 4.1 and 4.6). One thread at a time.</summary>
internal unsafe struct CompletionRing
{
    private readonly CompletionEntry* _entries;
    private readonly uint _count;
    private readonly Doorbell _doorbell;
    private readonly uint* _shadow;
    private readonly uint* _eventIndex;
    private uint _head;
    private uint _phase;
    private uint _rung;

    public CompletionRing(nint entries, int count, in QueueDoorbell doorbell)
    {
        _entries = (CompletionEntry*)entries;
        _count = (uint)count;
        _doorbell = doorbell.Register;
        _shadow = (uint*)doorbell.Shadow;
        _eventIndex = (uint*)doorbell.EventIndex;
        Restart();
    }

    /// <summary>How many entries were taken that the controller has not been told of.</summary>
    public readonly uint Untold => _head >= _rung ? _head - _rung : _head + _count - _rung;

    /// <summary>Takes the entry at the head, if the controller has written it.</summary>
    /// <param name="word">CID and status: see <see cref="CompletionEntry.CommandAndStatus"/>.</param>
    /// <param name="result">DW0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out uint word, out uint result)
    {
        CompletionEntry* entry = _entries + _head;

        // The word with the phase tag first; what is read after it is no older.
        word = Volatile.Read(ref entry->CommandAndStatus);
        if ((word & CompletionEntry.PhaseTag) != _phase)
        {
            result = 0;
            return false;
        }

        result = entry->Result;
        if (++_head == _count)
        {
            _head = 0;
            _phase ^= CompletionEntry.PhaseTag;
        }

        return true;
    }

    /// <summary>Gives the controller back all entries that were taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ring()
    {
        uint head = _head;
        uint old = _rung;
        if (head == old)
        {
            return;
        }

        _rung = head;
        if (_shadow is null || ShadowDoorbells.Publish(_shadow, _eventIndex, head, old))
        {
            _doorbell.Write(head);
        }
    }

    /// <summary>Starts over, as a queue that was created anew. Nobody else writes the entries now.</summary>
    public void Restart()
    {
        new Span<CompletionEntry>(_entries, (int)_count).Clear();
        _head = _rung = 0;
        _phase = CompletionEntry.PhaseTag;
        ShadowDoorbells.Reset(_shadow, _eventIndex);
    }
}
