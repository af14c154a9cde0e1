namespace Vfio.Core.Tests;

/// <summary>What <see cref="IovaAllocator"/> must do, said simply: one flag for each page of a small window.</summary>
/// <param name="origin">The address of the first page.</param>
/// <param name="free">Which pages are free.</param>
internal sealed class IovaModel(ulong origin, bool[] free)
{
    public const ulong Page = 4096;

    private readonly bool[] _free = free;

    public int FragmentCount => _free.Where((it, i) => it && (i == 0 || !_free[i - 1])).Count();

    /// <summary>The ranges of free pages.</summary>
    public IovaRange[] Ranges()
    {
        var ranges = new List<IovaRange>();
        for (int i = 0; i < _free.Length; i++)
        {
            if (_free[i])
            {
                int first = i;
                while (i + 1 < _free.Length && _free[i + 1])
                {
                    i++;
                }

                ranges.Add(new IovaRange(new Iova(Address(first)), new Iova(Address(i) + (Page - 1))));
            }
        }

        return [.. ranges];
    }

    public ulong Address(int page) => origin + ((ulong)page * Page);

    /// <summary>The lowest page where so many fit, or minus one.</summary>
    public int Find(int pages, ulong alignment, ulong lowest, ulong highest)
    {
        for (int i = 0; i + pages <= _free.Length; i++)
        {
            ulong start = Address(i);
            if (start % alignment == 0 && start >= lowest && start + (((ulong)pages * Page) - 1) <= highest && IsFree(i, pages))
            {
                return i;
            }
        }

        return -1;
    }

    public bool IsFree(int first, int pages) => first + pages <= _free.Length && _free.AsSpan(first, pages).IndexOf(false) < 0;

    public void Set(int first, int pages, bool free) => _free.AsSpan(first, pages).Fill(free);
}
