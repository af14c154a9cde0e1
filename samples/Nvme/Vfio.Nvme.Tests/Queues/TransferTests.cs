using Vfio.Core;
using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Queues;

/// <summary>Data of all lengths at all offsets, in one piece and in many.</summary>
public sealed class TransferTests
{
    [Theory]
    [InlineData(512, 5)]
    [InlineData(4096, 5)]
    [InlineData(4096, 10)] // lists of more than a page
    public void Data_of_any_length_at_any_offset_comes_through(int blockSize, int maxTransferShift)
    {
        var model = new ModelController(new ModelNamespace(1, blockSize, (16 << 20) / blockSize)) { MaxTransferShift = maxTransferShift };
        using var fixture = new QueueFixture(model, options: new NvmeControllerOptions { MaxTransfer = 4 << 20, ShadowDoorbells = false });
        int most = fixture.Controller.MaxTransfer / blockSize;
        var random = new Random(7);
        random.NextBytes(fixture.Blocks.Data);
        Span<byte> memory = fixture.Data.AsSpan(0, (int)fixture.Data.Length);
        foreach (int offset in (int[])[0, 4, 512, 4092, 4096, 5000])
        {
            foreach (int wanted in (int[])[1, 2, 3, 7, 8, 9, 16, 17, 31, most / 2, most - 1, most])
            {
                int count = Math.Min(Math.Max(wanted, 1), (memory.Length - offset) / blockSize);
                ulong block = (ulong)random.Next((int)fixture.Namespace.BlockCount - count);
                memory.Clear();

                Assert.True(fixture.Queue.TryRead(fixture.Namespace, block, (uint)count, fixture.At(offset), out ushort command));
                Assert.True(fixture.End(command).IsSuccess);

                Assert.True(memory.Slice(offset, count * blockSize).SequenceEqual(fixture.Blocks.At(block, count)));
                Assert.False(memory[..offset].ContainsAnyExcept((byte)0));
                Assert.False(memory[(offset + (count * blockSize))..].ContainsAnyExcept((byte)0));
            }
        }
    }

    [Fact]
    public void The_same_identifier_with_other_memory_uses_no_old_list()
    {
        using var fixture = new QueueFixture(queue: new IoQueuePairOptions { Depth = 1 });
        new Random(3).NextBytes(fixture.Blocks.Data);
        foreach ((int offset, int count) in ((int, int)[])[(0, 30), (0, 32), (0, 5), (8192, 30), (0, 30), (4, 30), (8, 30), (0, 32)])
        {
            fixture.Data.AsSpan(0, 1 << 20).Clear();

            Assert.True(fixture.Queue.TryRead(fixture.Namespace, 1, (uint)count, fixture.At(offset), out ushort command));
            Assert.True(fixture.End(command).IsSuccess);

            Assert.True(fixture.Data.AsSpan(offset, count * 4096).SequenceEqual(fixture.Blocks.At(1, count)));
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(2u)]
    public void Pieces_go_by_prp_entries_where_they_can(uint sgls)
    {
        using var fixture = new QueueFixture(new ModelController { SglSupport = sgls });
        bool anySgl = false;
        fixture.Model.OnCommand = command =>
        {
            anySgl |= (command.Entry.Command & SubmissionEntry.UsesSgl) != 0;
            return ModelFault.None;
        };
        DmaSegment[] pieces = [new(fixture.At(4096 + 512), 3584), new(fixture.At(65536), 8192), new(fixture.At(0), 4096), new(fixture.At(32768), 512)];

        Exchange(fixture, pieces, 4);

        Assert.False(anySgl);
        fixture.Model.OnCommand = null;
    }

    [Fact]
    public void Pieces_that_fill_two_pages_go_without_a_list()
    {
        using var fixture = new QueueFixture(new ModelController { SglSupport = 0 });

        Exchange(fixture, [new(fixture.At(4096), 4096), new(fixture.At(0), 4096)], 2);
        Exchange(fixture, [new(fixture.At(8192), 4096)], 1);
    }

    [Fact]
    public void Other_pieces_go_by_scatter_gather_lists()
    {
        using var fixture = new QueueFixture(new ModelController { SglSupport = 1 });

        Exchange(fixture, [new(fixture.At(2), 4096)], 1);
        Exchange(fixture, [new(fixture.At(1), 1000), new(fixture.At(5001), 3096)], 1);
        Exchange(fixture, [.. Enumerable.Range(0, 16).Select(i => new DmaSegment(fixture.At((i * 5000) + 1), 512))], 2);
    }

    [Fact]
    public void Other_pieces_are_refused_without_such_lists()
    {
        using var plain = new QueueFixture(new ModelController { SglSupport = 0 });
        using var aligned = new QueueFixture(new ModelController { SglSupport = 2 });

        Assert.Throws<ArgumentException>(() => plain.Queue.TryRead(plain.Namespace, 0, [new(plain.At(0), 1000), new(plain.At(8192), 3096)], out _));
        Assert.Throws<ArgumentException>(() => aligned.Queue.TryRead(aligned.Namespace, 0, [new(aligned.At(0), 1001), new(aligned.At(8192), 3095)], out _));
        Exchange(aligned, [new(aligned.At(4), 1000), new(aligned.At(8192), 3096)], 1);
    }

    [Fact]
    public void Pieces_that_are_no_blocks_are_refused()
    {
        using var fixture = new QueueFixture();
        IoQueuePair queue = fixture.Queue;
        NvmeNamespace space = fixture.Namespace;

        Assert.Throws<ArgumentException>(() => queue.TryRead(space, 0, [], out _));
        Assert.Throws<ArgumentException>(() => queue.TryRead(space, 0, [new(fixture.At(0), 4095)], out _));
        Assert.Throws<ArgumentException>(() => queue.TryRead(space, 0, [new(fixture.At(0), 0), new(fixture.At(0), 4096)], out _));
        Assert.Throws<ArgumentException>(() => queue.TryRead(space, 0, [new(fixture.At(0), -4096)], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryRead(space, 1024, [new(fixture.At(0), 4096)], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryRead(space, 0, [new(fixture.At(0), 1 << 20)], out _));
        Assert.Throws<ArgumentException>(() => queue.TryRead(space, 0, [.. Enumerable.Range(0, 64).Select(i => new DmaSegment(fixture.At(i * 4096), 64))], out _));
    }

    private static void Exchange(QueueFixture fixture, DmaSegment[] pieces, int blocks)
    {
        new Random(blocks).NextBytes(fixture.Blocks.Data);
        fixture.Data.AsSpan(0, 1 << 20).Clear();

        Assert.True(fixture.Queue.TryRead(fixture.Namespace, 3, pieces, out ushort command));
        Assert.True(fixture.End(command).IsSuccess);
        byte[] read = [.. pieces.SelectMany(piece => fixture.Data.AsSpan((long)(piece.Iova.Value - fixture.At(0).Value), piece.Length).ToArray())];
        Assert.Equal(fixture.Blocks.At(3, blocks).ToArray(), read);

        Assert.True(fixture.Queue.TryWrite(fixture.Namespace, 30, pieces, out command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.Equal(read, fixture.Blocks.At(30, blocks).ToArray());
    }
}
