namespace Vfio.Nvme.Tool.Transfers;

/// <summary>Writes what a stream holds into blocks. One thread runs it; any may ask how far it is.</summary>
/// <param name="io">What writes. It stays its owner's.</param>
/// <param name="block">The first block.</param>
internal sealed class StreamToBlocks(BlockIo io, ulong block)
{
    private const int Chunk = 4 << 20; // longer than a command, and so than a block

    private readonly NvmeNamespace _namespace = io.Namespace;
    private long _written;

    /// <summary>How many bytes of the stream are in blocks.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Checks that so much has room.</summary>
    /// <param name="length">How much, in bytes.</param>
    /// <exception cref="UsageException">It has not, and nothing was written.</exception>
    /// <exception cref="IOException">It has not, after something was written.</exception>
    public void RequireRoom(long length)
    {
        ulong at = block + (ulong)(Written / _namespace.BlockSize);
        ulong blocks = ((ulong)length + (ulong)_namespace.BlockSize - 1) / (ulong)_namespace.BlockSize;
        if (at > _namespace.BlockCount || blocks > _namespace.BlockCount - at)
        {
            string problem = $"{blocks} blocks from {at} on do not fit into namespace {_namespace.Id}, which has {_namespace.BlockCount}.";
            throw Written == 0 ? new UsageException(problem) : new IOException($"The input is too long: its next {problem}");
        }
    }

    /// <summary>Writes all of it, the last block filled up with zeros, and flushes. What ends it early is thrown, after a flush where the controller can do one.</summary>
    /// <exception cref="UsageException">It is too long, and nothing was written.</exception>
    /// <exception cref="IOException">It is too long, or could not be read.</exception>
    /// <exception cref="OperationCanceledException">The user wants no more.</exception>
    /// <exception cref="NvmeException">A command failed, or the controller did.</exception>
    public void Run(Stream input, CancellationToken cancellationToken)
    {
        try
        {
            Move(input, cancellationToken);
        }
        catch (Exception error) when (error is not NvmeException && Written > 0)
        {
            io.Flush();
            throw;
        }

        io.Flush();
    }

    private void Move(Stream input, CancellationToken cancellationToken)
    {
        byte[] data = new byte[Chunk];
        while (Read(input, data, cancellationToken) is > 0 and int some)
        {
            RequireRoom(some);
            int whole = (some + _namespace.BlockSize - 1) & ~(_namespace.BlockSize - 1);
            data.AsSpan(some, whole - some).Clear();
            io.Write(block + (ulong)(Written / _namespace.BlockSize), data.AsSpan(0, whole));
            Volatile.Write(ref _written, _written + some);
        }
    }

    // A pipe may have nothing for as long as it likes. The thread that waits for it is left behind then.
    private static int Read(Stream input, byte[] data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Run(() => input.ReadAtLeast(data, data.Length, throwOnEndOfStream: false), CancellationToken.None)
            .WaitAsync(cancellationToken)
            .GetAwaiter()
            .GetResult();
    }
}
