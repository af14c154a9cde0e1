using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Async;

public sealed class AsyncQueueTests : IDisposable
{
    private readonly ModelController _model = new();
    private readonly NvmeController _controller;
    private readonly AsyncQueuePair _queue;
    private readonly NvmeMemory _data;

    public AsyncQueueTests()
    {
        _controller = NvmeController.Open(_model, _model.Options);
        _queue = AsyncQueuePair.Create(_controller, depth: 4);
        _data = _model.Allocate(64 << 10);
    }

    private NvmeNamespace Namespace => _controller.Namespaces[0];

    public void Dispose()
    {
        _queue.Dispose();
        _data.Dispose();
        _controller.Dispose();
        Assert.Equal(0, _model.Bus.LiveCount);
        Assert.Empty(_model.Bus.Faults);
    }

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        new Random(1).NextBytes(_data.AsSpan(0, 8192));

        await _queue.WriteAsync(Namespace, 5, 2, _data.Iova);
        await _queue.FlushAsync(Namespace);
        await _queue.ReadAsync(Namespace, 5, 2, _data.Iova + 16384);

        Assert.Equal(_data.AsSpan(0, 8192).ToArray(), _data.AsSpan(16384, 8192).ToArray());
        await _queue.WriteZeroesAsync(Namespace, 5, 1);
        Assert.False(_model.Namespaces[0].At(5, 1).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public async Task Many_tasks_share_a_shallow_queue()
    {
        _model.Start();
        var random = new Random(2);
        random.NextBytes(_model.Namespaces[0].Data);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async part =>
        {
            for (int i = 0; i < 200; i++)
            {
                ulong block = (ulong)((part * 200) + i) % 1024;
                await _queue.ReadAsync(Namespace, block, 1, _data.Iova + (part * 4096));
                Assert.Equal(_model.Namespaces[0].At(block, 1).ToArray(), _data.AsSpan(part * 4096, 4096).ToArray());
            }
        }));

        Assert.Equal(1600, _model.Executed);
    }

    [Fact]
    public async Task A_failed_command_throws_and_frees_its_place()
    {
        _model.OnCommand = static command => command.QueueId > 0 ? ModelFault.Fail : ModelFault.None;
        for (int i = 0; i < 10; i++)
        {
            NvmeException error = await Assert.ThrowsAsync<NvmeException>(async () => await _queue.FlushAsync(Namespace));
            Assert.Equal(_model.FaultStatus, error.Status);
        }
    }

    [Fact]
    public async Task Wrong_arguments_take_no_place()
    {
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _queue.ReadAsync(Namespace, 1024, 1, _data.Iova));
        }

        await _queue.FlushAsync(Namespace);
    }

    [Fact]
    public async Task A_reset_ends_what_is_in_flight_and_the_queue_goes_on()
    {
        _model.OnCommand = static command => command.QueueId > 0 ? ModelFault.Hold : ModelFault.None;
        ValueTask flight = _queue.FlushAsync(Namespace);
        _model.OnCommand = null;

        _controller.Reset();

        NvmeException error = await Assert.ThrowsAsync<NvmeException>(async () => await flight);
        Assert.True(error.Status.Is(NvmeStatus.AbortedByHost));
        await _queue.FlushAsync(Namespace);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_for_room()
    {
        _model.OnCommand = static command => command.QueueId > 0 ? ModelFault.Hold : ModelFault.None;
        ValueTask[] flight = [.. Enumerable.Range(0, 4).Select(_ => _queue.FlushAsync(Namespace))];
        using var cancellation = new CancellationTokenSource();
        Task waiting = _queue.FlushAsync(Namespace, cancellation.Token).AsTask();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _model.OnCommand = null;
        _model.Release();
        foreach (ValueTask each in flight)
        {
            await each;
        }
    }

    [Fact]
    public async Task Dispose_ends_what_is_in_flight()
    {
        _model.OnCommand = static command => command.QueueId > 0 ? ModelFault.Hold : ModelFault.None;
        ValueTask flight = _queue.FlushAsync(Namespace);

        _queue.Dispose();

        NvmeException error = await Assert.ThrowsAsync<NvmeException>(async () => await flight);
        Assert.True(error.Status.Is(NvmeStatus.AbortedByHost));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _queue.FlushAsync(Namespace));
    }

    [Fact]
    public async Task A_controller_that_fails_throws_from_there_on()
    {
        _model.Stuck = ModelStuck.NeverReady;
        _model.CanReset = false;
        Assert.Throws<NvmeException>(_controller.Reset);

        NvmeException error = await Assert.ThrowsAsync<NvmeException>(async () => await _queue.FlushAsync(Namespace));

        Assert.Equal(NvmeErrorKind.NotUsable, error.Kind);
    }
}
