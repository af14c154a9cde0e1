using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>Reads and writes a namespace as one calls a function: each method returns when all is done.</summary>
/// <remarks>
/// <para>It belongs to one thread, and has the queue pair to itself while a method runs. Long transfers are cut into commands, many of which are in
/// flight at a time.</para>
/// <para>Memory of the process is copied. Memory that the controller can reach, such as a block of a <see cref="DmaPool"/>, need not be: see
/// <see cref="ReadDirect"/> and <see cref="WriteDirect"/>.</para>
/// </remarks>
public sealed unsafe class BlockIo : IDisposable
{
    private const int MostBounces = 16;
    private const int LongestBounce = 128 << 10;

    private readonly IoQueuePair _queue;
    private readonly int _bounceLength;
    private readonly int _bounceCount;
    private readonly BlockIoState _state;
    private NvmeMemory? _bounces;

    /// <summary>Reads and writes through a queue pair.</summary>
    /// <param name="queue">The queue pair. It stays its owner's.</param>
    /// <param name="space">The namespace.</param>
    public BlockIo(IoQueuePair queue, NvmeNamespace space)
    {
        ArgumentNullException.ThrowIfNull(queue);
        ArgumentNullException.ThrowIfNull(space);
        _queue = queue;
        Namespace = space;
        _bounceLength = Math.Max(Math.Min(LongestBounce, queue.Controller.MaxTransfer), space.BlockSize);
        _bounceCount = Math.Min(MostBounces, queue.Depth);
        _state = new BlockIoState(queue.Depth, _bounceCount);
    }

    /// <summary>The namespace.</summary>
    public NvmeNamespace Namespace { get; }

    /// <summary>Reads blocks into memory of any kind, by a copy.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="destination">Where they go: whole blocks.</param>
    /// <exception cref="ArgumentException">The length is not whole blocks, or they are not in the namespace.</exception>
    /// <exception cref="NvmeException">A command failed, or the controller did. What the memory holds is not known then.</exception>
    public void Read(ulong block, Span<byte> destination)
    {
        fixed (byte* memory = destination)
        {
            Move(NvmOpcode.Read, block, memory, destination.Length, bounce: true);
        }
    }

    /// <summary>Writes blocks from memory of any kind, by a copy.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="source">Where they come from: whole blocks.</param>
    /// <exception cref="ArgumentException">The length is not whole blocks, or they are not in the namespace.</exception>
    /// <exception cref="NvmeException">A command failed, or the controller did. Which of the blocks were written is not known then.</exception>
    public void Write(ulong block, ReadOnlySpan<byte> source)
    {
        fixed (byte* memory = source)
        {
            Move(NvmOpcode.Write, block, memory, source.Length, bounce: true);
        }
    }

    /// <summary>Reads blocks into memory that the controller can reach, without a copy.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="destination">Where they go: whole blocks, in memory that is mapped for the controller in one piece.</param>
    /// <exception cref="ArgumentException">The length is not whole blocks, they are not in the namespace, or the controller cannot reach the memory.</exception>
    /// <exception cref="NvmeException">A command failed, or the controller did. What the memory holds is not known then.</exception>
    public void ReadDirect(ulong block, Span<byte> destination)
    {
        fixed (byte* memory = destination)
        {
            Move(NvmOpcode.Read, block, memory, destination.Length, bounce: false);
        }
    }

    /// <summary>Writes blocks from memory that the controller can reach, without a copy.</summary>
    /// <param name="block">The first block.</param>
    /// <param name="source">Where they come from: whole blocks, in memory that is mapped for the controller in one piece.</param>
    /// <exception cref="ArgumentException">The length is not whole blocks, they are not in the namespace, or the controller cannot reach the memory.</exception>
    /// <exception cref="NvmeException">A command failed, or the controller did. Which of the blocks were written is not known then.</exception>
    public void WriteDirect(ulong block, ReadOnlySpan<byte> source)
    {
        fixed (byte* memory = source)
        {
            Move(NvmOpcode.Write, block, memory, source.Length, bounce: false);
        }
    }

    /// <summary>Empties the controller's volatile write cache, as far as the namespace goes (Flush).</summary>
    /// <exception cref="NvmeException">The command failed, or the controller did.</exception>
    public void Flush()
    {
        Begin();
        ushort command;
        while (!_queue.TryFlush(Namespace, out command))
        {
            WaitSome(NvmOpcode.Flush, null);
        }

        _state.Enter(command, BlockIoChunk.None);
        Finish(NvmOpcode.Flush, null);
    }

    /// <summary>Makes blocks zero, without moving data (Write Zeroes).</summary>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">The blocks are not in the namespace.</exception>
    /// <exception cref="NvmeException">The controller lacks the command, the command failed, or the controller did.</exception>
    public void WriteZeroes(ulong block, ulong count)
    {
        const ulong Most = ushort.MaxValue + 1;
        RequireRange(block, count);
        Begin();
        try
        {
            while (count > 0 && !_state.HasFailed)
            {
                uint some = (uint)Math.Min(count, Most);
                if (!_queue.TryWriteZeroes(Namespace, block, some, out ushort command))
                {
                    WaitSome(NvmOpcode.WriteZeroes, null);
                    continue;
                }

                _state.Enter(command, BlockIoChunk.None);
                block += some;
                count -= some;
            }
        }
        catch
        {
            Drain(NvmOpcode.WriteZeroes, null);
            throw;
        }

        Finish(NvmOpcode.WriteZeroes, null);
    }

    /// <summary>Tells the controller that blocks need not be kept (Dataset Management, Deallocate).</summary>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="ArgumentException">The blocks are not in the namespace.</exception>
    /// <exception cref="NvmeException">The controller lacks the command, the command failed, or the controller did.</exception>
    public void Deallocate(ulong block, uint count)
    {
        RequireRange(block, count);
        Begin();
        if (count > 0)
        {
            ushort command;
            while (!_queue.TryDeallocate(Namespace, block, count, out command))
            {
                WaitSome(NvmOpcode.DatasetManagement, null);
            }

            _state.Enter(command, BlockIoChunk.None);
        }

        Finish(NvmOpcode.DatasetManagement, null);
    }

    /// <summary>Gives the memory for copies back.</summary>
    public void Dispose()
    {
        _bounces?.Dispose();
        _bounces = null;
    }

    private void Move(NvmOpcode opcode, ulong block, byte* memory, int length, bool bounce)
    {
        if ((length & (Namespace.BlockSize - 1)) != 0)
        {
            throw new ArgumentException($"{length} bytes are not whole blocks of {Namespace.BlockSize}.", nameof(length));
        }

        RequireRange(block, (ulong)(length >> Namespace.BlockShift));
        Iova iova = default;
        if (bounce)
        {
            _bounces ??= _queue.Controller.Function.Allocate((long)_bounceCount * _bounceLength);
        }
        else if (length > 0 && !_queue.Controller.Function.TryGetIova((nint)memory, length, out iova))
        {
            throw new ArgumentException("The controller cannot reach the memory in one piece; take it from a DmaBuffer or a DmaPool of the device.", nameof(memory));
        }

        Begin();
        try
        {
            SubmitAll(opcode, block, memory, length, iova, bounce);
        }
        catch
        {
            // Whose memory it is gets it back only when the controller has done with it.
            Drain(opcode, memory);
            throw;
        }

        Finish(opcode, memory);
    }

    private void SubmitAll(NvmOpcode opcode, ulong block, byte* memory, int length, Iova iova, bool bounce)
    {
        int longest = (bounce ? _bounceLength : _queue.Controller.MaxTransfer) & ~(Namespace.BlockSize - 1);
        for (int offset = 0; offset < length && !_state.HasFailed;)
        {
            int some = Math.Min(longest, length - offset);
            if (!TrySubmit(opcode, block, memory, iova, offset, some, bounce))
            {
                WaitSome(opcode, memory);
                continue;
            }

            offset += some;
            block += (ulong)(some >> Namespace.BlockShift);
        }
    }

    private bool TrySubmit(NvmOpcode opcode, ulong block, byte* memory, Iova iova, int offset, int length, bool bounce)
    {
        int slot = bounce ? _state.TakeBounce() : -1;
        bool done = false;
        try
        {
            done = (!bounce || slot >= 0) && TrySubmit(opcode, block, memory, iova, new BlockIoChunk(offset, length, slot));
            return done;
        }
        finally
        {
            if (!done)
            {
                _state.GiveBounce(slot);
            }
        }
    }

    private bool TrySubmit(NvmOpcode opcode, ulong block, byte* memory, Iova iova, BlockIoChunk chunk)
    {
        Iova data = chunk.Bounce < 0 ? iova + chunk.Offset : _bounces!.Iova + ((long)chunk.Bounce * _bounceLength);
        if (opcode == NvmOpcode.Write && chunk.Bounce >= 0)
        {
            new Span<byte>(memory + chunk.Offset, chunk.Length).CopyTo(BounceOf(chunk));
        }

        uint count = (uint)(chunk.Length >> Namespace.BlockShift);
        bool done = opcode == NvmOpcode.Write
            ? _queue.TryWrite(Namespace, block, count, data, out ushort command)
            : _queue.TryRead(Namespace, block, count, data, out command);
        if (done)
        {
            _state.Enter(command, chunk);
        }

        return done;
    }

    private Span<byte> BounceOf(BlockIoChunk chunk) => _bounces!.AsSpan((long)chunk.Bounce * _bounceLength, chunk.Length);

    private void Begin()
    {
        if (_queue.InFlight > 0)
        {
            throw new InvalidOperationException($"Queue {_queue.Id} has commands in flight that somebody else must wait for first.");
        }

        // Where the controller was reset since, this makes the queue anew.
        _state.Begin();
        _queue.Reap([]);
    }

    private void WaitSome(NvmOpcode opcode, byte* memory)
    {
        var handler = new Handler(this, opcode, memory);
        _queue.WaitAny(ref handler);
    }

    private void Finish(NvmOpcode opcode, byte* memory)
    {
        Drain(opcode, memory);
        if (_state.HasFailed)
        {
            throw NvmeErrors.Failed(_queue.Controller.Name, opcode.ToString(), _state.Failure);
        }
    }

    private void Drain(NvmOpcode opcode, byte* memory)
    {
        while (_queue.InFlight > 0)
        {
            WaitSome(opcode, memory);
        }
    }

    private void RequireRange(ulong block, ulong count)
    {
        if (block > Namespace.BlockCount || count > Namespace.BlockCount - block)
        {
            throw new ArgumentOutOfRangeException(
                nameof(block), block, $"{count} blocks from {block} on are not in namespace {Namespace.Id}, which has {Namespace.BlockCount}.");
        }
    }

    private readonly struct Handler(BlockIo io, NvmOpcode opcode, byte* memory) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion)
        {
            BlockIoChunk chunk = io._state.Leave(completion);
            if (opcode == NvmOpcode.Read && chunk.Bounce >= 0 && completion.IsSuccess)
            {
                io.BounceOf(chunk).CopyTo(new Span<byte>(memory + chunk.Offset, chunk.Length));
            }

            io._state.GiveBounce(chunk.Bounce);
        }
    }
}
