namespace Vfio.Device.Tests.Soak;

/// <summary>The model of one thread: what it has mapped, and some of what it has undone. All in arrays that are made once.</summary>
internal sealed class LiveMemories(Random random)
{
    /// <summary>How many mappings a thread has at most.</summary>
    public const int Capacity = 40;

    private const long MostBytes = 12 << 20;

    private readonly LiveMemory[] _live = new LiveMemory[Capacity];
    private readonly LiveMemory[] _ended = new LiveMemory[16];
    private long _bytes;
    private int _endedCount;

    /// <summary>How many mappings are live.</summary>
    public int Count { get; private set; }

    /// <summary>Whether something has to be undone before more is mapped.</summary>
    public bool IsFull => Count == Capacity || _bytes >= MostBytes;

    public ReadOnlySpan<LiveMemory> All => _live.AsSpan(0, Count);

    /// <summary>One of those that are live, of which there are some.</summary>
    public ref readonly LiveMemory Any => ref _live[random.Next(Count)];

    public void Add(in LiveMemory memory)
    {
        _live[Count++] = memory;
        _bytes += memory.Length;
    }

    public void RemoveAt(int index)
    {
        LiveMemory memory = _live[index];
        _bytes -= memory.Length;
        _live[index] = _live[--Count];
        _live[Count] = default;
        _ended[_endedCount++ % _ended.Length] = memory;
    }

    /// <summary>One that was undone, not long ago.</summary>
    public bool TryGetEnded(out LiveMemory ended)
    {
        int known = Math.Min(_endedCount, _ended.Length);
        ended = known > 0 ? _ended[random.Next(known)] : default;
        return known > 0;
    }
}
