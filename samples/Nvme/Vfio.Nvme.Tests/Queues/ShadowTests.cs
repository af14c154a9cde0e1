using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Queues;

public sealed class ShadowTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Commands_come_through_shadow_doorbells(bool threaded)
    {
        using var fixture = new QueueFixture(new ModelController { HasShadows = true }, new IoQueuePairOptions { Depth = 5 });
        Assert.True(fixture.Controller.HasShadowDoorbells);
        if (threaded)
        {
            fixture.Model.Start();
        }

        Run(fixture, 1000);

        Assert.Equal(1000, fixture.Model.Executed);
    }

    [Fact]
    public void A_queue_that_is_made_again_starts_with_fresh_shadows()
    {
        using var fixture = new QueueFixture(new ModelController { HasShadows = true }, new IoQueuePairOptions { Depth = 5 });
        Run(fixture, 13);
        fixture.Controller.Reset();
        var ended = default(NvmeCompletion);
        Assert.Equal(0, fixture.Queue.Reap(new Span<NvmeCompletion>(ref ended)));

        Run(fixture, 13);

        Assert.Equal(26, fixture.Model.Executed);
    }

    [Fact]
    public void They_are_left_alone_where_nobody_wants_them()
    {
        using var fixture = new QueueFixture(
            new ModelController { HasShadows = true }, options: new NvmeControllerOptions { ShadowDoorbells = false });

        Assert.False(fixture.Controller.HasShadowDoorbells);
        Run(fixture, 10);
    }

    private static void Run(QueueFixture fixture, int count)
    {
        var ended = new CountingHandler(fixture.Queue.Depth);
        for (int sent = 0; sent < count || fixture.Queue.InFlight > 0;)
        {
            while (sent < count && fixture.Queue.TryFlush(fixture.Namespace, out ushort command))
            {
                ended.Expect(command);
                sent++;
            }

            fixture.Queue.WaitAny(ref ended);
        }

        Assert.Equal(count, ended.Count);
    }
}
