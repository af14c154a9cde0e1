using System.Numerics;
using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>For each command of a queue, memory for a list that tells where its data lies: PRP entries, or SGL descriptors.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed unsafe class TransferLists
{
    /// <summary>The memory page that PRP entries point to, in bytes (CC.MPS is zero).</summary>
    public const int PageSize = 4096;

    private const int PageMask = PageSize - 1;
    private const int EntriesPerPage = PageSize / sizeof(ulong);
    private const int SmallestList = 256;
    private const int DescriptorSize = 16;

    private readonly byte* _address;
    private readonly ulong _iova;
    private readonly CommandSlot[] _slots;

    public TransferLists(nint address, ulong iova, int listLength, CommandSlot[] slots)
    {
        _address = (byte*)address;
        _iova = iova;
        ListLength = listLength;
        _slots = slots;
    }

    /// <summary>The length of one list in bytes: a power of two up to a page, or whole pages.</summary>
    public int ListLength { get; }

    /// <summary>How many pieces an SGL may have.</summary>
    public int MaxDescriptors => ListLength / DescriptorSize;

    /// <summary>How long a list must be for a transfer of some length, at any offset in a page.</summary>
    public static int LengthFor(int maxTransfer)
    {
        int pages = Math.Max(1, maxTransfer / PageSize);
        return pages <= EntriesPerPage
            ? Math.Max(SmallestList, (int)BitOperations.RoundUpToPowerOf2((uint)(pages * sizeof(ulong))))
            : (pages - 1 + EntriesPerPage - 2) / (EntriesPerPage - 1) * PageSize;
    }

    /// <summary>PRP2 for data that begins at PRP1 and is in one piece (NVM Express 1.4, 4.3).</summary>
    public ulong SecondPrp(int command, ulong iova, uint length)
    {
        ulong second = (iova | PageMask) + 1;
        ulong end = iova + length;
        return end <= second ? 0
            : end <= second + PageSize ? second
            : List(command, second, (int)((end - second + PageMask) / PageSize));
    }

    /// <summary>Whether pieces can be told by PRP entries: all but the first begin at a page, all but the last end at one.</summary>
    public static bool CanUsePrp(ReadOnlySpan<DmaSegment> data)
    {
        for (int i = 0; i < data.Length; i++)
        {
            ulong end = data[i].Iova.Value + (uint)data[i].Length;
            if ((i > 0 && (data[i].Iova.Value & PageMask) != 0) || (i < data.Length - 1 && (end & PageMask) != 0))
            {
                return false;
            }
        }

        return (data[0].Iova.Value & 3) == 0;
    }

    /// <summary>PRP2 for data in pieces that <see cref="CanUsePrp"/>; PRP1 is where the first begins.</summary>
    public ulong SecondPrp(int command, ReadOnlySpan<DmaSegment> data)
    {
        var writer = new PrpWriter(ListOf(command), IovaOf(command));
        int pages = 0;
        ulong second = 0;
        foreach (ref readonly DmaSegment piece in data)
        {
            ulong end = piece.Iova.Value + (uint)piece.Length;
            for (ulong page = piece.Iova.Value & ~(ulong)PageMask; page < end; page += PageSize)
            {
                pages++;
                second = pages == 2 ? page : second;
            }
        }

        if (pages <= 2)
        {
            return second;
        }

        _slots[command].PrpCount = 0;
        int left = pages - 1;
        bool first = true;
        foreach (ref readonly DmaSegment piece in data)
        {
            ulong end = piece.Iova.Value + (uint)piece.Length;
            for (ulong page = piece.Iova.Value & ~(ulong)PageMask; page < end; page += PageSize)
            {
                if (!first)
                {
                    writer.Add(page, left--);
                }

                first = false;
            }
        }

        return IovaOf(command);
    }

    /// <summary>Writes the descriptors of an SGL (NVM Express 1.4, 4.4).</summary>
    /// <returns>The descriptor that goes into the command, in two halves.</returns>
    public (ulong Low, ulong High) Sgl(int command, ReadOnlySpan<DmaSegment> data)
    {
        const int TypeShift = 60;
        const ulong LastSegment = 3;
        if (data.Length == 1)
        {
            return (data[0].Iova, (uint)data[0].Length);
        }

        _slots[command].PrpCount = 0;
        ulong* descriptor = ListOf(command);
        foreach (ref readonly DmaSegment piece in data)
        {
            *descriptor++ = piece.Iova;
            *descriptor++ = (uint)piece.Length;
        }

        return (IovaOf(command), (uint)(data.Length * DescriptorSize) | (LastSegment << TypeShift));
    }

    /// <summary>Writes one range of blocks, for Dataset Management (NVM Express 1.4, 6.7, figure 353).</summary>
    /// <returns>PRP1.</returns>
    public ulong Range(int command, ulong block, uint count)
    {
        _slots[command].PrpCount = 0;
        ulong* range = ListOf(command);
        range[0] = (ulong)count << 32;
        range[1] = block;
        return IovaOf(command);
    }

    private ulong List(int command, ulong second, int count)
    {
        ref CommandSlot slot = ref _slots[command];

        // Drivers use the same buffer with the same command again and again.
        if (slot.PrpBase != second || slot.PrpCount < count || (slot.PrpCount > EntriesPerPage && slot.PrpCount != count))
        {
            var writer = new PrpWriter(ListOf(command), IovaOf(command));
            for (int i = 0; i < count; i++)
            {
                writer.Add(second + ((ulong)i * PageSize), count - i);
            }

            slot.PrpBase = second;
            slot.PrpCount = count;
        }

        return IovaOf(command);
    }

    private ulong* ListOf(int command) => (ulong*)(_address + ((long)command * ListLength));

    private ulong IovaOf(int command) => _iova + ((ulong)command * (ulong)ListLength);
}
