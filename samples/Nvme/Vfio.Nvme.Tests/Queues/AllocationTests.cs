using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Queues;

/// <summary>I/O makes no garbage, however it waits and however it tells of its data.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(WaitMode.Poll, 1, false)]
    [InlineData(WaitMode.Poll, 32, false)]
    [InlineData(WaitMode.Poll, 32, true)]
    [InlineData(WaitMode.Interrupt, 8, false)]
    [InlineData(WaitMode.Hybrid, 8, true)]
    public void Nothing_is_allocated_per_operation(WaitMode wait, int depth, bool shadows)
    {
        using var fixture = new QueueFixture(new ModelController { HasShadows = shadows }, new IoQueuePairOptions { Depth = depth, Wait = wait });

        // In its own thread: what the model allocates there does not count here.
        fixture.Model.Start();
        RunSome(fixture);

        // A lock of the model's allocates when a thread first has to wait for it. What operations allocate would be there every time.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedBySome(fixture)));
        Assert.Equal(shadows, fixture.Controller.HasShadowDoorbells);
    }

    private static long AllocatedBySome(QueueFixture fixture)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunSome(fixture);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void RunSome(QueueFixture fixture)
    {
        var ended = default(Counter);
        NvmeNamespace space = fixture.Namespace;
        int sent = 0;
        while (ended.Count < 500)
        {
            bool room = true;
            while (room && sent < 500)
            {
                room = (sent % 4) switch
                {
                    0 => fixture.Queue.TryRead(space, (ulong)sent, 1, fixture.At(0), out _),
                    1 => fixture.Queue.TryWrite(space, (ulong)sent, 5, fixture.At(4), out _),
                    2 => fixture.Queue.TryRead(space, 0, [new(fixture.At(0), 4096), new(fixture.At(8192), 4096)], out _),
                    _ => fixture.Queue.TryRead(space, 0, [new(fixture.At(2), 2048), new(fixture.At(8192), 2048)], out _),
                };
                sent += room ? 1 : 0;
            }

            fixture.Queue.WaitAny(ref ended);
        }
    }

    private struct Counter : INvmeCompletionHandler
    {
        public int Count { get; private set; }

        public void Complete(in NvmeCompletion completion) => Count += completion.IsSuccess ? 1 : 1000;
    }
}
