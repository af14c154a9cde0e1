namespace Vfio.Nvme.Tool.Transfers;

/// <summary>Copies blocks into a stream. One thread runs it; any may ask how far it is.</summary>
/// <param name="io">What reads. It stays its owner's.</param>
/// <param name="block">The first block.</param>
/// <param name="count">How many.</param>
internal sealed class BlocksToStream(BlockIo io, ulong block, ulong count)
{
    private const int Chunk = 4 << 20; // longer than a command, and so than a block

    private ulong _read;

    /// <summary>How many blocks are in the stream.</summary>
    public ulong Read => Volatile.Read(ref _read);

    /// <summary>Copies them all.</summary>
    /// <exception cref="OperationCanceledException">The user wants no more.</exception>
    /// <exception cref="IOException">The stream does not take them.</exception>
    /// <exception cref="NvmeException">A command failed, or the controller did.</exception>
    public void Run(Stream output, CancellationToken cancellationToken)
    {
        int blockSize = io.Namespace.BlockSize;
        byte[] data = new byte[Chunk];
        while (_read < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int some = (int)Math.Min(count - _read, (ulong)(data.Length / blockSize));
            Span<byte> part = data.AsSpan(0, some * blockSize);
            io.Read(block + _read, part);
            output.Write(part);
            Volatile.Write(ref _read, _read + (ulong)some);
        }

        output.Flush();
    }
}
