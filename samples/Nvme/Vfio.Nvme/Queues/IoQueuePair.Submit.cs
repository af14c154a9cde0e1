using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Nvme;

/// <content>
/// Submission. An entry is written once, straight into the queue, by eight stores; the identifier of a command is the index of its slot.
/// </content>
public sealed unsafe partial class IoQueuePair
{
    private const uint ForceUnitAccessBit = 1 << 30;
    private const uint DeallocateAttribute = 1 << 2;

    /// <summary>Tells the controller of all commands that were submitted since the last time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ring()
    {
        // A controller that was reset in between does not know the queue.
        if (_generation == _controller.Generation)
        {
            _submissions.Ring();
        }
    }

    /// <summary>Submits a Read (NVM Express 1.4, 6.9).</summary>
    /// <param name="from">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many blocks, at least one.</param>
    /// <param name="data">Where they go: memory that the controller can reach, in one piece of that many blocks, at a multiple of four.</param>
    /// <param name="command">The command's identifier.</param>
    /// <returns>Whether there was room. If not, <see cref="Reap{THandler}"/> first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The blocks are not in the namespace, or more than one command can move.</exception>
    /// <exception cref="ArgumentException">The namespace cannot be read, or the memory is misaligned.</exception>
    /// <exception cref="NvmeException">The controller has failed, or was shut down.</exception>
    public bool TryRead(NvmeNamespace from, ulong block, uint count, Iova data, out ushort command)
    {
        ArgumentNullException.ThrowIfNull(from);
        return TryMove(NvmOpcode.Read, from, block, count, data, 0, out command);
    }

    /// <summary>Submits a Write (NVM Express 1.4, 6.15).</summary>
    /// <param name="to">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many blocks, at least one.</param>
    /// <param name="data">Where they come from: memory as for <see cref="TryRead(NvmeNamespace, ulong, uint, Iova, out ushort)"/>.</param>
    /// <param name="command">The command's identifier.</param>
    /// <param name="forceUnitAccess">Whether the data must have left a volatile cache when the command ends (FUA).</param>
    /// <inheritdoc cref="TryRead(NvmeNamespace, ulong, uint, Iova, out ushort)"/>
    public bool TryWrite(NvmeNamespace to, ulong block, uint count, Iova data, out ushort command, bool forceUnitAccess = false)
    {
        ArgumentNullException.ThrowIfNull(to);
        return TryMove(NvmOpcode.Write, to, block, count, data, forceUnitAccess ? ForceUnitAccessBit : 0, out command);
    }

    /// <summary>Submits a Compare, which ends with <see cref="NvmeStatus.CompareFailure"/> where blocks and memory differ (NVM Express 1.4, 6.6).</summary>
    /// <param name="with">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many blocks, at least one.</param>
    /// <param name="data">What to compare with: memory as for <see cref="TryRead(NvmeNamespace, ulong, uint, Iova, out ushort)"/>.</param>
    /// <param name="command">The command's identifier.</param>
    /// <inheritdoc cref="TryRead(NvmeNamespace, ulong, uint, Iova, out ushort)"/>
    public bool TryCompare(NvmeNamespace with, ulong block, uint count, Iova data, out ushort command)
    {
        ArgumentNullException.ThrowIfNull(with);
        Require(NvmCommandSupport.Compare, "Compare");
        return TryMove(NvmOpcode.Compare, with, block, count, data, 0, out command);
    }

    /// <summary>Submits a Flush: what was written before is no longer in a volatile cache when it ends (NVM Express 1.4, 6.8).</summary>
    /// <param name="what">The namespace.</param>
    /// <param name="command">The command's identifier.</param>
    /// <returns>Whether there was room. If not, <see cref="Reap{THandler}"/> first.</returns>
    /// <exception cref="NvmeException">The controller has failed, or was shut down.</exception>
    public bool TryFlush(NvmeNamespace what, out ushort command)
    {
        ArgumentNullException.ThrowIfNull(what);
        RequireCurrent(what);
        if (!TryBegin(out command))
        {
            return false;
        }

        Enter(NvmOpcode.Flush, command, what.Id, 0, 0, 0, 0);
        return true;
    }

    /// <summary>Submits a Write Zeroes, which moves no data (NVM Express 1.4, 6.17).</summary>
    /// <param name="to">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many blocks, from 1 to 65,536.</param>
    /// <param name="command">The command's identifier.</param>
    /// <returns>Whether there was room. If not, <see cref="Reap{THandler}"/> first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The blocks are not in the namespace, or too many.</exception>
    /// <exception cref="NvmeException">The controller lacks the command (ONCS), has failed, or was shut down.</exception>
    public bool TryWriteZeroes(NvmeNamespace to, ulong block, uint count, out ushort command)
    {
        ArgumentNullException.ThrowIfNull(to);
        RequireCurrent(to);
        Require(NvmCommandSupport.WriteZeroes, "Write Zeroes");
        if (unchecked(count - 1) > ushort.MaxValue || block >= to.BlockCount || count > to.BlockCount - block)
        {
            ThrowOutside(to, block, count);
        }

        if (!TryBegin(out command))
        {
            return false;
        }

        Enter(NvmOpcode.WriteZeroes, command, to.Id, 0, 0, block, count - 1);
        return true;
    }

    /// <summary>Submits a Dataset Management that deallocates one range: its blocks need not be kept (NVM Express 1.4, 6.7).</summary>
    /// <param name="of">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many blocks, at least one.</param>
    /// <param name="command">The command's identifier.</param>
    /// <returns>Whether there was room. If not, <see cref="Reap{THandler}"/> first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The blocks are not in the namespace.</exception>
    /// <exception cref="NvmeException">The controller lacks the command (ONCS), has failed, or was shut down.</exception>
    public bool TryDeallocate(NvmeNamespace of, ulong block, uint count, out ushort command)
    {
        ArgumentNullException.ThrowIfNull(of);
        RequireCurrent(of);
        Require(NvmCommandSupport.DatasetManagement, "Dataset Management");
        if (count == 0 || block >= of.BlockCount || count > of.BlockCount - block)
        {
            ThrowOutside(of, block, count);
        }

        if (!TryBegin(out command))
        {
            return false;
        }

        // One range in the slot's list: context attributes, length, first block.
        Enter(NvmOpcode.DatasetManagement, command, of.Id, _lists.Range(command, block, count), 0, (ulong)DeallocateAttribute << 32, 0);
        return true;
    }

    /// <summary>Submits a Read into pieces of memory, by PRP entries where their alignment allows, else by a scatter gather list.</summary>
    /// <param name="from">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="data">Where the blocks go, in turn: together whole blocks.</param>
    /// <param name="command">The command's identifier.</param>
    /// <returns>Whether there was room. If not, <see cref="Reap{THandler}"/> first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The blocks are not in the namespace, or more than one command can move.</exception>
    /// <exception cref="ArgumentException">The pieces are not whole blocks, too many, or aligned so that the controller cannot be told of them.</exception>
    /// <exception cref="NvmeException">The controller has failed, or was shut down.</exception>
    public bool TryRead(NvmeNamespace from, ulong block, ReadOnlySpan<DmaSegment> data, out ushort command)
        => TryMove(NvmOpcode.Read, from, block, data, out command);

    /// <summary>Submits a Write from pieces of memory.</summary>
    /// <param name="to">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="data">Where the blocks come from, in turn: together whole blocks.</param>
    /// <param name="command">The command's identifier.</param>
    /// <inheritdoc cref="TryRead(NvmeNamespace, ulong, ReadOnlySpan{DmaSegment}, out ushort)"/>
    public bool TryWrite(NvmeNamespace to, ulong block, ReadOnlySpan<DmaSegment> data, out ushort command)
        => TryMove(NvmOpcode.Write, to, block, data, out command);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryMove(NvmOpcode opcode, NvmeNamespace space, ulong block, uint count, Iova data, uint control, out ushort command)
    {
        // One comparison each, and no multiplication: what is wrong is found out later.
        uint length = count << space.BlockShift;
        if (unchecked(count - 1) >= (uint)_maxTransfer >> space.BlockShift
            || block >= space.BlockCount
            || count > space.BlockCount - block
            || !space.IsUsable
            || (data.Value & 3) != 0)
        {
            ThrowUnfit(space, block, count, data);
        }

        if (!TryBegin(out command))
        {
            return false;
        }

        ulong second = (data.Value & PageMask) + length <= TransferLists.PageSize ? 0 : _lists.SecondPrp(command, data, length);
        Enter(opcode, command, space.Id, data, second, block, (count - 1) | control);
        return true;
    }

    private bool TryMove(NvmOpcode opcode, NvmeNamespace space, ulong block, ReadOnlySpan<DmaSegment> data, out ushort command)
    {
        ArgumentNullException.ThrowIfNull(space);
        uint count = CountBlocks(space, block, data);
        bool prp = TransferLists.CanUsePrp(data);
        if (!prp)
        {
            RequireSgl(data);
        }

        if (!TryBegin(out command))
        {
            return false;
        }

        (ulong low, ulong high) = prp ? (data[0].Iova.Value, _lists.SecondPrp(command, data)) : _lists.Sgl(command, data);
        Enter(opcode, command, space.Id, low, high, block, count - 1, prp ? 0 : SubmissionEntry.UsesSgl);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryBegin(out ushort command)
    {
        int free = _freeCount;
        if (free == 0 || _generation != _controller.Generation)
        {
            command = 0;
            RequireLife();
            return false;
        }

        command = _free[--free];
        _freeCount = free;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter(
        NvmOpcode opcode, ushort command, uint space, ulong data1, ulong data2, ulong dwords10And11, uint dword12, uint flags = 0)
    {
        ref CommandSlot slot = ref _slots[command];
        slot.InFlight = true;
        slot.Aborting = false;
        slot.Age = 0;

        SubmissionEntry* entry = _submissions.Next;
        *(ulong*)&entry->Command = SubmissionEntry.Dwords((uint)opcode | flags | ((uint)command << 16), space);
        entry->Reserved = 0;
        entry->Metadata = 0;
        entry->Data1 = data1;
        entry->Data2 = data2;
        entry->Dwords10And11 = dwords10And11;
        entry->Dwords12And13 = dword12;
        entry->Dwords14And15 = 0;
        _submissions.Advance();
    }

    private uint CountBlocks(NvmeNamespace space, ulong block, ReadOnlySpan<DmaSegment> data)
    {
        long length = 0;
        foreach (ref readonly DmaSegment piece in data)
        {
            if (piece.Length <= 0)
            {
                throw new ArgumentException($"A piece of {piece.Length} bytes.", nameof(data));
            }

            length += piece.Length;
        }

        long count = length >> space.BlockShift;
        if (length == 0 || (length & (space.BlockSize - 1)) != 0)
        {
            throw new ArgumentException($"{length} bytes are not whole blocks of {space.BlockSize}.", nameof(data));
        }

        if (length > _maxTransfer || !space.IsUsable || block >= space.BlockCount || (ulong)count > space.BlockCount - block)
        {
            ThrowUnfit(space, block, (uint)Math.Min(count, uint.MaxValue), default);
        }

        return (uint)count;
    }

    private void RequireSgl(ReadOnlySpan<DmaSegment> data)
    {
        IdentifyController identity = _controller.Identity;
        int mask = identity.SglNeedsDwordAlignment ? 3 : 0;
        if (!identity.SupportsSgl)
        {
            throw new ArgumentException(
                "All pieces but the first must begin at a page, and all but the last end at one: the controller has no scatter gather lists (SGLS).",
                nameof(data));
        }

        if (data.Length > _lists.MaxDescriptors)
        {
            throw new ArgumentException($"{data.Length} pieces are more than the {_lists.MaxDescriptors} that fit into a list.", nameof(data));
        }

        foreach (ref readonly DmaSegment piece in data)
        {
            if (((piece.Iova.Value | (uint)piece.Length) & (uint)mask) != 0)
            {
                throw new ArgumentException("The controller wants pieces at multiples of four bytes (SGLS).", nameof(data));
            }
        }
    }

    private static void RequireCurrent(NvmeNamespace space)
    {
        if (space.IsRetired)
        {
            throw new ArgumentException($"Namespace {space.Id} was formatted since it was looked up; look it up again.", nameof(space));
        }
    }

    private void Require(NvmCommandSupport command, string name)
    {
        if (!_controller.Identity.NvmCommands.HasFlag(command))
        {
            throw NvmeErrors.NotSupported(_controller.Name, name, "the controller lacks the command (ONCS)");
        }
    }

    [DoesNotReturn]
    private void ThrowUnfit(NvmeNamespace space, ulong block, uint count, Iova data)
    {
        if (!space.IsUsable)
        {
            throw new ArgumentException(
                $"Namespace {space.Id} cannot be read or written: it has no blocks, blocks with metadata, or was formatted since it was looked up.",
                nameof(space));
        }

        if ((data.Value & 3) != 0)
        {
            throw new ArgumentException($"The memory at IOVA {data} does not begin at a multiple of four bytes.", nameof(data));
        }

        uint most = (uint)_maxTransfer >> space.BlockShift;
        if (count == 0 || count > most)
        {
            throw new ArgumentOutOfRangeException(nameof(count), count, $"A command moves from 1 to {most} blocks of {space.BlockSize} bytes.");
        }

        ThrowOutside(space, block, count);
    }

    [DoesNotReturn]
    private static void ThrowOutside(NvmeNamespace space, ulong block, uint count)
        => throw new ArgumentOutOfRangeException(
            nameof(block), block, $"{count} blocks from {block} on are not a range of namespace {space.Id}, which has {space.BlockCount}.");
}
