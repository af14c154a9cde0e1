namespace Vfio.Nvme;

/// <summary>What is in flight for a <see cref="BlockIo"/>, and how it went.</summary>
internal sealed class BlockIoState
{
    private readonly BlockIoChunk[] _chunks;
    private readonly int[] _freeBounces;
    private int _freeCount;

    public BlockIoState(int depth, int bounceCount)
    {
        _chunks = new BlockIoChunk[depth];
        _freeBounces = [.. Enumerable.Range(0, bounceCount)];
        _freeCount = bounceCount;
    }

    /// <summary>Whether a command has failed since <see cref="Begin"/>.</summary>
    public bool HasFailed => !Failure.IsSuccess;

    /// <summary>How the first command that failed ended.</summary>
    public NvmeStatus Failure { get; private set; }

    public void Begin() => Failure = NvmeStatus.Success;

    public void Enter(ushort command, BlockIoChunk chunk) => _chunks[command] = chunk;

    public BlockIoChunk Leave(in NvmeCompletion completion)
    {
        if (!HasFailed)
        {
            Failure = completion.Status;
        }

        return _chunks[completion.CommandId];
    }

    /// <summary>Takes memory for a copy; -1 if there is none free.</summary>
    public int TakeBounce() => _freeCount > 0 ? _freeBounces[--_freeCount] : -1;

    /// <summary>Gives it back; -1 is none.</summary>
    public void GiveBounce(int bounce)
    {
        if (bounce >= 0)
        {
            _freeBounces[_freeCount++] = bounce;
        }
    }
}
