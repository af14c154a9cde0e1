namespace Vfio.Nvme;

/// <summary>Writes PRP entries one after the other. Where a page is full, its last entry points to the next page (NVM Express 1.4, 4.3).</summary>
/// <param name="list">Where the list is, in memory that is in one piece for both sides.</param>
/// <param name="iova">The same for the controller.</param>
internal unsafe ref struct PrpWriter(ulong* list, ulong iova)
{
    private const int EntriesPerPage = TransferLists.PageSize / sizeof(ulong);

    private int _index;

    /// <summary>Adds an entry.</summary>
    /// <param name="page">What it points to.</param>
    /// <param name="left">How many are to come, this one included.</param>
    public void Add(ulong page, int left)
    {
        if ((_index + 1) % EntriesPerPage == 0 && left > 1)
        {
            list[_index] = iova + ((ulong)(_index + 1) * sizeof(ulong));
            _index++;
        }

        list[_index++] = page;
    }
}
