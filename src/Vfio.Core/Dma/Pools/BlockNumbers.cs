namespace Vfio.Core;

/// <summary>
/// A number for each block, in one array whose ends are left out: the length of an array lies before its first element, every access reads it, and
/// whoever wrote the first few would take the cache line from all other threads each time.
/// </summary>
internal readonly struct BlockNumbers
{
    /// <summary>How many blocks there can be.</summary>
    public static readonly int MaxCount = Array.MaxLength - (2 * CacheLine);

    private const int CacheLine = 64 / sizeof(int);

    private readonly int[] _numbers;

    public BlockNumbers(int count) => _numbers = new int[CacheLine + count + CacheLine];

    /// <summary>All of them, in order.</summary>
    public Span<int> All => _numbers.AsSpan(CacheLine, _numbers.Length - (2 * CacheLine));

    /// <summary>The number of a block, of which there is one.</summary>
    public ref int this[int block] => ref _numbers[block + CacheLine];
}
