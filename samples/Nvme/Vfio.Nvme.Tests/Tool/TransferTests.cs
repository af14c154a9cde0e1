using System.IO.Pipelines;
using Vfio.Nvme.Tests.Model;
using Vfio.Nvme.Tests.Queues;
using Vfio.Nvme.Tool;
using Vfio.Nvme.Tool.Transfers;

namespace Vfio.Nvme.Tests.Tool;

public sealed class TransferTests : IDisposable
{
    private const int Chunk = 4 << 20;
    private const int BlockSize = 4096;

    private readonly QueueFixture _fixture = new(new ModelController(new ModelNamespace(1, BlockSize, 10 * Chunk / BlockSize / 4)));
    private readonly BlockIo _io;
    private readonly byte[] _data = new byte[3 * Chunk];
    private int _flushes;

    public TransferTests()
    {
        _io = new BlockIo(_fixture.Queue, _fixture.Namespace);
        new Random(1).NextBytes(_data);
        _fixture.Blocks.Data.AsSpan().Fill(0xee);
        _fixture.Model.OnCommand = command =>
        {
            _flushes += command.IsIo(NvmOpcode.Flush) ? 1 : 0;
            return ModelFault.None;
        };
    }

    public void Dispose()
    {
        _io.Dispose();
        _fixture.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BlockSize)]
    [InlineData((2 * Chunk) + 5)]
    public void The_last_block_is_filled_up_with_zeros(int length)
    {
        var copy = new StreamToBlocks(_io, 3);
        int whole = (length + BlockSize - 1) / BlockSize * BlockSize;

        copy.Run(new MemoryStream(_data, 0, length), CancellationToken.None);

        Span<byte> blocks = _fixture.Blocks.Data.AsSpan(3 * BlockSize);
        Assert.True(blocks[..length].SequenceEqual(_data.AsSpan(0, length)));
        Assert.False(blocks[length..whole].ContainsAnyExcept((byte)0));
        Assert.False(blocks[whole..].ContainsAnyExcept((byte)0xee));
        Assert.Equal(length, copy.Written);
        Assert.Equal(1, _flushes);
    }

    [Fact]
    public void What_is_too_long_at_once_writes_nothing()
    {
        var copy = new StreamToBlocks(_io, _fixture.Namespace.BlockCount - 1);

        Assert.Throws<UsageException>(() => copy.RequireRoom(BlockSize + 1));
        Assert.Throws<UsageException>(() => copy.Run(new MemoryStream(_data, 0, BlockSize + 1), CancellationToken.None));
        Assert.Throws<UsageException>(() => new StreamToBlocks(_io, ulong.MaxValue).RequireRoom(1));

        Assert.Equal(0, copy.Written);
        Assert.False(_fixture.Blocks.Data.AsSpan().ContainsAnyExcept((byte)0xee));
    }

    [Fact]
    public void What_proves_too_long_fails_after_a_flush()
    {
        var copy = new StreamToBlocks(_io, 0);

        IOException error = Assert.Throws<IOException>(() => copy.Run(new MemoryStream(_data), CancellationToken.None));

        Assert.Contains("too long", error.Message, StringComparison.Ordinal);
        Assert.Equal(2 * Chunk, copy.Written);
        Assert.Equal(1, _flushes);
        Assert.True(_fixture.Blocks.Data.AsSpan(0, 2 * Chunk).SequenceEqual(_data.AsSpan(0, 2 * Chunk)));
    }

    [Fact]
    public async Task A_pipe_that_has_nothing_can_be_given_up()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(_data.AsMemory(0, Chunk + 1));
        using var enough = new CancellationTokenSource();
        var copy = new StreamToBlocks(_io, 0);
        Task work = Task.Run(() => copy.Run(pipe.Reader.AsStream(), enough.Token));
        while (copy.Written == 0)
        {
            await Task.Yield();
        }

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal(Chunk, copy.Written);
        Assert.Equal(1, _flushes);
        await pipe.Writer.CompleteAsync();
    }

    [Fact]
    public void A_write_that_fails_is_told_and_not_flushed()
    {
        _fixture.Model.OnCommand = command =>
        {
            _flushes += command.IsIo(NvmOpcode.Flush) ? 1 : 0;
            return command.QueueId > 0 ? ModelFault.Fail : ModelFault.None;
        };
        var copy = new StreamToBlocks(_io, 0);

        Assert.Throws<NvmeException>(() => copy.Run(new MemoryStream(_data), CancellationToken.None));

        Assert.Equal(0, copy.Written);
        Assert.Equal(0, _flushes);
    }

    [Fact]
    public void Blocks_come_out_as_they_are()
    {
        _io.Write(7, _data.AsSpan(0, 2 * Chunk));
        using var output = new MemoryStream();
        var copy = new BlocksToStream(_io, 7, (2 * Chunk / BlockSize) - 1);

        copy.Run(output, CancellationToken.None);

        Assert.True(output.ToArray().AsSpan().SequenceEqual(_data.AsSpan(0, (2 * Chunk) - BlockSize)));
        Assert.Equal((ulong)(2 * Chunk / BlockSize) - 1, copy.Read);
    }

    [Fact]
    public void Nothing_more_is_read_for_a_user_who_wants_no_more()
    {
        using var output = new MemoryStream();
        var copy = new BlocksToStream(_io, 0, 10);

        Assert.Throws<OperationCanceledException>(() => copy.Run(output, new CancellationToken(canceled: true)));

        Assert.Equal((0ul, 0), (copy.Read, output.Length));
    }
}
