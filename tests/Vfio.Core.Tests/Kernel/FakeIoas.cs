using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>An I/O address space: what is mapped where, and where nothing can be.</summary>
internal sealed class FakeIoas(FakeIommufd owner, uint id) : FakeIommuObject(owner, id)
{
    public const ulong PageSize = 4096;

    /// <summary>The mappings by IOVA.</summary>
    public SortedDictionary<ulong, FakeArea> Areas { get; } = [];

    public List<FakeReservation> Reserved { get; } = [];

    /// <summary>Where the kernel may choose addresses; everywhere when it is empty.</summary>
    public List<(ulong First, ulong Last)> Allowed { get; private set; } = [];

    /// <summary>The page tables that hold the mappings.</summary>
    public List<FakeHwpt> Tables { get; } = [];

    /// <summary>The drivers that read the mappings.</summary>
    public List<FakeAccess> Accesses { get; } = [];

    /// <summary>What addresses and sizes are multiples of: a page once there is hardware, a byte before.</summary>
    public ulong Alignment { get; private set; } = 1;

    public bool SmallPages { get; private set; }

    /// <summary>The ranges between the reserved ones, in order.</summary>
    public IReadOnlyList<(ulong First, ulong Last)> Ranges => [.. Holes(0, ulong.MaxValue, Reserved.Select(static it => (it.First, it.Last)))];

    /// <summary>Maps pages one after the other, at an IOVA that the kernel fills in when it chooses.</summary>
    public int Map(IReadOnlyList<FakeSlice> slices, ulong length, ref ulong iova, bool read, bool write, bool choose)
    {
        if (length == 0 || length % Alignment != 0)
        {
            return -Errno.EINVAL;
        }

        int refused = choose ? Choose(slices[0], length, out iova) : Check(iova, length);
        if (refused != 0)
        {
            return refused;
        }

        if (slices.Any(slice => write && !slice.Pages.Writable))
        {
            return -Errno.EPERM;
        }

        if (slices.Any(slice => slice.Offset % PageSize % Alignment != 0))
        {
            return -Errno.EINVAL;
        }

        refused = Tables.Count == 0 ? 0 : Owner.Pin([.. slices.Select(static slice => slice.Pages)]);
        if (refused != 0)
        {
            return refused;
        }

        ulong next = iova;
        foreach (FakeSlice slice in slices)
        {
            Areas.Add(next, new FakeArea(next, slice.Length, slice.Pages, slice.Offset, read, write));
            next = unchecked(next + slice.Length);
        }

        return 0;
    }

    /// <summary>The pages behind a range, which may be of several mappings without a gap.</summary>
    public int Find(ulong iova, ulong length, List<FakeSlice> slices)
    {
        if (length == 0)
        {
            return -Errno.EINVAL;
        }

        ulong last = unchecked(iova + (length - 1));
        if (last < iova)
        {
            return -Errno.EOVERFLOW;
        }

        while (At(iova) is { } area)
        {
            ulong end = Math.Min(last, area.Last);
            slices.Add(new FakeSlice(area.Pages, area.Offset + (iova - area.Iova), end - iova + 1));
            if (end == last)
            {
                return 0;
            }

            iova = end + 1;
        }

        return -Errno.ENOENT;
    }

    /// <summary>Takes whole mappings away, in order, until one is not within the range.</summary>
    public int Unmap(ulong first, ulong last, out ulong unmapped)
    {
        unmapped = 0;
        foreach (FakeArea area in Areas.Values.Where(area => area.Overlaps(first, last)).ToArray())
        {
            if (area.Iova < first || area.Last > last)
            {
                return -Errno.ENOENT;
            }

            Areas.Remove(area.Iova);
            unmapped += area.Length;
        }

        return 0;
    }

    /// <summary>Cuts the mapping behind an address in two, as version 1 of type1 wants it.</summary>
    public int CutBehind(ulong iova)
    {
        if (At(iova) is not { } area || iova == area.Iova || iova == area.Last)
        {
            return 0;
        }

        ulong size = iova + 1 - area.Iova;
        if ((iova + 1) % Alignment != 0 || (Tables.Count != 0 && !SmallPages))
        {
            return -Errno.EINVAL;
        }

        Areas[area.Iova] = area with { Length = size };
        Areas.Add(iova + 1, area with { Iova = iova + 1, Length = area.Length - size, Offset = area.Offset + size });
        return 0;
    }

    public int Allow(List<(ulong First, ulong Last)> ranges)
    {
        if (ranges.Exists(range => Reserved.Exists(it => it.First <= range.Last && range.First <= it.Last)))
        {
            return -Errno.EADDRINUSE;
        }

        Allowed = ranges;
        return 0;
    }

    public int Reserve(ulong first, ulong last, object by)
    {
        if (Areas.Values.Any(area => area.Overlaps(first, last)) || Allowed.Exists(it => it.First <= last && first <= it.Last))
        {
            return -Errno.EADDRINUSE;
        }

        Reserved.Add(new FakeReservation(first, last, by));
        return 0;
    }

    /// <summary>Takes away what one owner reserved.</summary>
    public void Unreserve(object by) => Reserved.RemoveAll(it => it.Owner == by);

    /// <summary>Puts the mappings into a page table.</summary>
    public int Add(FakeHwpt table, IEnumerable<(ulong First, ulong Last)> outside)
    {
        if (Alignment < PageSize && !AreAligned(PageSize))
        {
            return -Errno.EADDRINUSE;
        }

        int refused = 0;
        foreach ((ulong first, ulong last) in outside)
        {
            refused = refused == 0 ? Reserve(first, last, table) : refused;
        }

        Tables.Add(table);
        refused = refused == 0 ? Owner.Pin([]) : refused;
        if (refused != 0)
        {
            Tables.Remove(table);
            Unreserve(table);
            return refused;
        }

        Alignment = PageSize;
        return 0;
    }

    public void Remove(FakeHwpt table)
    {
        if (Tables.Remove(table))
        {
            Unreserve(table);
            _ = Align();
        }
    }

    public int DisableLargePages()
    {
        if (SmallPages)
        {
            return 0;
        }

        // They may be in a page table already.
        if (Tables.Count != 0 && Areas.Count != 0)
        {
            return -Errno.EINVAL;
        }

        SmallPages = true;
        int refused = Align();
        SmallPages = refused == 0;
        return refused;
    }

    public void EnableLargePages()
    {
        SmallPages = false;
        _ = Align();
    }

    /// <summary>Works the alignment out anew.</summary>
    public int Align()
    {
        ulong wanted = SmallPages || Tables.Count != 0 || Accesses.Count != 0 ? PageSize : 1;
        if (wanted > Alignment && !AreAligned(wanted))
        {
            return -Errno.EADDRINUSE;
        }

        Alignment = wanted;
        return 0;
    }

    public FakeArea? At(ulong iova) => Areas.Values.FirstOrDefault(area => area.Iova <= iova && iova <= area.Last);

    public override void Release() => Areas.Clear();

    private static IEnumerable<(ulong First, ulong Last)> Holes(ulong first, ulong last, IEnumerable<(ulong First, ulong Last)> used)
    {
        ulong next = first;
        foreach ((ulong usedFirst, ulong usedLast) in used.Order())
        {
            if (usedFirst > next)
            {
                yield return (next, Math.Min(last, usedFirst - 1));
            }

            if (usedLast >= last)
            {
                yield break;
            }

            next = Math.Max(next, usedLast + 1);
        }

        if (next <= last)
        {
            yield return (next, last);
        }
    }

    private static ulong? Place(ulong first, ulong last, ulong length, ulong alignment, ulong offset)
    {
        if (first > ulong.MaxValue - (alignment - 1))
        {
            return null;
        }

        ulong start = ((first + (alignment - 1)) & ~(alignment - 1)) | offset;
        return start < last && last - start >= length - 1 ? start : null;
    }

    private int Check(ulong iova, ulong length)
    {
        ulong last = unchecked(iova + (length - 1));
        if (iova % Alignment != 0)
        {
            return -Errno.EINVAL;
        }

        if (last < iova)
        {
            return -Errno.EOVERFLOW;
        }

        if (Reserved.Exists(it => it.First <= last && iova <= it.Last))
        {
            return -Errno.EINVAL;
        }

        return Areas.Values.Any(area => area.Overlaps(iova, last)) ? -Errno.EEXIST : 0;
    }

    private int Choose(FakeSlice slice, ulong length, out ulong iova)
    {
        const ulong HugePage = 2 << 20;
        iova = 0;
        if (length >= ulong.MaxValue / 2)
        {
            return -Errno.EOVERFLOW;
        }

        // What the memory is aligned to helps the IOMMU to use large pages.
        ulong source = slice.Pages.Source + slice.Offset;
        ulong alignment = System.Numerics.BitOperations.RoundUpToPowerOf2(length);
        alignment = Math.Min(source == 0 ? alignment : Math.Min(alignment, source & (~source + 1)), HugePage);
        if (alignment < Alignment)
        {
            return -Errno.EINVAL;
        }

        (ulong First, ulong Last)[] used =
        [
            .. Reserved.Select(static it => (it.First, it.Last)),
            .. Areas.Values.Select(static area => (area.Iova, area.Last)),
        ];
        List<(ulong First, ulong Last)> allowed = Allowed.Count == 0 ? [(PageSize, ulong.MaxValue - PageSize)] : Allowed;
        foreach ((ulong first, ulong last) in allowed.Order())
        {
            foreach ((ulong holeFirst, ulong holeLast) in Holes(Math.Max(first, PageSize), last, used))
            {
                if (Place(holeFirst, holeLast, length, alignment, source % PageSize) is { } place)
                {
                    iova = place;
                    return 0;
                }
            }
        }

        return -Errno.ENOSPC;
    }

    private bool AreAligned(ulong to)
        => Areas.Values.All(area => area.Iova % to == 0 && area.Length % to == 0 && area.Offset % to == 0);
}
