using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Queues;

/// <summary>Queues that fill up, wrap around and are told of as seldom as can be.</summary>
public sealed class RingTests
{
    [Theory]
    [InlineData(1, WaitMode.Poll)]
    [InlineData(2, WaitMode.Poll)]
    [InlineData(7, WaitMode.Interrupt)]
    [InlineData(64, WaitMode.Hybrid)]
    public void Many_more_commands_than_entries_go_through(int depth, WaitMode wait)
    {
        using var fixture = new QueueFixture(queue: new IoQueuePairOptions { Depth = depth, Wait = wait });
        var ended = new CountingHandler(depth);
        for (int sent = 0; sent < 1000 || fixture.Queue.InFlight > 0;)
        {
            while (sent < 1000 && fixture.Queue.TryRead(fixture.Namespace, (ulong)sent, 1, fixture.At(0), out ushort command))
            {
                ended.Expect(command);
                sent++;
            }

            fixture.Queue.WaitAny(ref ended);
        }

        Assert.Equal(1000, ended.Count);
        Assert.Equal(1000, fixture.Model.Executed);
    }

    [Fact]
    public void A_full_queue_says_so()
    {
        using var fixture = new QueueFixture(queue: new IoQueuePairOptions { Depth = 3 });
        for (int i = 0; i < 3; i++)
        {
            Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out ushort command));
            Assert.Equal(i, command);
        }

        Assert.False(fixture.Queue.TryFlush(fixture.Namespace, out _));
        Assert.Equal(3, fixture.Queue.InFlight);
        var ended = new CountingHandler(3, [0, 1, 2]);
        Assert.Equal(3, fixture.Queue.WaitAny(ref ended));
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out _));
    }

    [Fact]
    public void Nothing_is_told_before_the_doorbell_and_all_of_it_with_one()
    {
        using var fixture = new QueueFixture(queue: new IoQueuePairOptions { Depth = 32 });
        int before = fixture.Model.DoorbellWrites;
        for (int i = 0; i < 20; i++)
        {
            Assert.True(fixture.Queue.TryRead(fixture.Namespace, (ulong)i, 1, fixture.At(0), out _));
        }

        Assert.Equal(0, fixture.Model.Executed);
        fixture.Queue.Ring();
        fixture.Queue.Ring();

        Assert.Equal(20, fixture.Model.Executed);
        Assert.Equal(1, fixture.Model.DoorbellWrites - before);
        var ended = new CountingHandler(32, [.. Enumerable.Range(0, 20)]);
        Assert.Equal(20, fixture.Queue.Reap(ref ended));
    }

    [Fact]
    public void A_span_takes_as_many_as_fit()
    {
        using var fixture = new QueueFixture();
        for (int i = 0; i < 5; i++)
        {
            Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out _));
        }

        fixture.Queue.Ring();
        var ended = new NvmeCompletion[3];

        Assert.Equal(3, fixture.Queue.Reap(ended));
        Assert.Equal([0, 1, 2], ended.Select(static completion => completion.CommandId));
        Assert.Equal(2, fixture.Queue.Reap(ended));
        Assert.Equal(0, fixture.Queue.Reap(ended));
        Assert.Equal(0, fixture.Queue.Reap([]));
    }

    [Fact]
    public void A_handler_that_throws_loses_only_its_own()
    {
        using var fixture = new QueueFixture();
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out _));
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out _));
        fixture.Queue.Ring();
        var thrower = default(ThrowingHandler);

        Assert.Throws<InvalidTimeZoneException>(() => fixture.Queue.Reap(ref thrower));

        Assert.Equal(1, fixture.Queue.InFlight);
        var ended = new CountingHandler(128, [1]);
        Assert.Equal(1, fixture.Queue.Reap(ref ended));
    }

    [Fact]
    public void Waiting_for_nothing_ends_at_once()
    {
        using var fixture = new QueueFixture(queue: new IoQueuePairOptions { Wait = WaitMode.Interrupt });
        var ended = new CountingHandler(1);

        Assert.Equal(0, fixture.Queue.WaitAny(ref ended));
    }

    [Fact]
    public void A_queue_that_sleeps_needs_a_vector()
    {
        var model = new ModelController { VectorCount = 2 };
        using NvmeController controller = NvmeController.Open(model, model.Options);
        using IoQueuePair first = controller.CreateQueue(new IoQueuePairOptions { Wait = WaitMode.Interrupt });

        NvmeException error = Assert.Throws<NvmeException>(() => controller.CreateQueue(new IoQueuePairOptions { Wait = WaitMode.Hybrid }));

        Assert.Equal(NvmeErrorKind.NotSupported, error.Kind);
        using IoQueuePair polled = controller.CreateQueue();
    }

    private readonly struct ThrowingHandler : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion) => throw new InvalidTimeZoneException();
    }
}
