using Vfio.Nvme.Tests.Model;
using Vfio.Nvme.Tests.Queues;

namespace Vfio.Nvme.Tests.Transfers;

public sealed class BlockIoTests
{
    [Theory]
    [InlineData(512, 1)]
    [InlineData(512, 64)]
    [InlineData(4096, 3)]
    public void Copies_of_any_length_come_through(int blockSize, int depth)
    {
        using var fixture = new QueueFixture(
            new ModelController(new ModelNamespace(1, blockSize, (8 << 20) / blockSize)), new IoQueuePairOptions { Depth = depth });
        using var io = new BlockIo(fixture.Queue, fixture.Namespace);
        var random = new Random(blockSize);
        foreach (int count in (int[])[0, 1, 2, 31, 256, 257, (5 << 20) / blockSize])
        {
            byte[] data = new byte[count * blockSize];
            random.NextBytes(data);
            io.Write(7, data);
            Assert.True(fixture.Blocks.At(7, count).SequenceEqual(data));

            byte[] back = new byte[data.Length];
            io.Read(7, back);
            Assert.True(back.AsSpan().SequenceEqual(data));
        }
    }

    [Fact]
    public void Memory_that_the_controller_reaches_is_not_copied()
    {
        using var fixture = new QueueFixture();
        using var io = new BlockIo(fixture.Queue, fixture.Namespace);
        int live = fixture.Model.Bus.LiveCount;
        Span<byte> data = fixture.Data.AsSpan(0, 2 << 20);
        new Random(1).NextBytes(data);

        io.WriteDirect(100, data);
        Assert.True(fixture.Blocks.At(100, data.Length / 4096).SequenceEqual(data));
        io.ReadDirect(100, fixture.Data.AsSpan(2 << 20, 2 << 20));

        Assert.True(fixture.Data.AsSpan(2 << 20, 2 << 20).SequenceEqual(data));
        Assert.Equal(live, fixture.Model.Bus.LiveCount);
        Assert.Throws<ArgumentException>(() => io.ReadDirect(0, new byte[4096]));
    }

    [Fact]
    public void A_namespace_that_was_formatted_is_refused_by_everything_and_as_often_as_it_is_tried()
    {
        using var fixture = new QueueFixture(queue: new IoQueuePairOptions { Depth = 2 });
        NvmeNamespace old = fixture.Namespace;
        using var io = new BlockIo(fixture.Queue, old);
        NvmeNamespace now = fixture.Controller.Format(old, old.Identity.Formats[0]);
        for (int i = 0; i < 5; i++)
        {
            Assert.Throws<ArgumentException>(() => io.Write(0, new byte[4096]));
            Assert.Throws<ArgumentException>(() => io.ReadDirect(0, fixture.Data.AsSpan(0, 4096)));
            Assert.Throws<ArgumentException>(() => io.WriteZeroes(0, 1));
            Assert.Throws<ArgumentException>(() => io.Deallocate(0, 1));
            Assert.Throws<ArgumentException>(() => io.Flush());
        }

        using var again = new BlockIo(fixture.Queue, now);
        again.Write(0, new byte[4096]);
    }

    [Fact]
    public void The_other_commands_do_what_they_say()
    {
        using var fixture = new QueueFixture(new ModelController(new ModelNamespace(1, 512, 200_000)));
        using var io = new BlockIo(fixture.Queue, fixture.Namespace);
        fixture.Blocks.Data.AsSpan().Fill(1);

        io.Flush();
        io.WriteZeroes(10, 150_000);
        io.Deallocate(180_000, 10);
        io.Deallocate(0, 0);

        Assert.Equal(1, fixture.Blocks.At(9, 1)[0]);
        Assert.False(fixture.Blocks.At(10, 150_000).ContainsAnyExcept((byte)0));
        Assert.Equal(1, fixture.Blocks.At(150_010, 1)[0]);
        Assert.False(fixture.Blocks.At(180_000, 10).ContainsAnyExcept((byte)0));
        Assert.Throws<ArgumentOutOfRangeException>(() => io.WriteZeroes(200_000, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => io.Read(199_999, new byte[1024]));
        Assert.Throws<ArgumentException>(() => io.Write(0, new byte[100]));
    }

    [Fact]
    public void A_failure_is_thrown_when_all_has_ended_and_the_next_call_works()
    {
        using var fixture = new QueueFixture();
        using var io = new BlockIo(fixture.Queue, fixture.Namespace);
        fixture.Model.OnCommand = static command => command.Block == 64 ? ModelFault.Fail : ModelFault.None;

        NvmeException error = Assert.Throws<NvmeException>(() => io.Read(0, new byte[4 << 20]));

        Assert.Equal(NvmeErrorKind.CommandFailed, error.Kind);
        Assert.Equal(0, fixture.Queue.InFlight);
        fixture.Model.OnCommand = null;
        io.Read(0, new byte[4 << 20]);
    }

    [Fact]
    public void A_reset_between_two_calls_is_not_noticed()
    {
        using var fixture = new QueueFixture();
        using var io = new BlockIo(fixture.Queue, fixture.Namespace);
        io.Write(0, new byte[4096]);

        fixture.Controller.Reset();

        io.Read(0, new byte[4096]);
    }

    [Fact]
    public void A_queue_that_is_in_use_is_refused()
    {
        using var fixture = new QueueFixture();
        using var io = new BlockIo(fixture.Queue, fixture.Namespace);
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out ushort command));

        Assert.Throws<InvalidOperationException>(() => io.Flush());

        fixture.End(command);
        io.Flush();
    }
}
