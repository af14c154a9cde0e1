using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Awaited interrupts.</summary>
public sealed class AsyncWaitTests : IDisposable
{
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;
    private readonly InterruptSet _set;

    public AsyncWaitTests()
    {
        _device = _machine.Open();
        _set = _device.Interrupts.Msix.Enable(2);
    }

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public async Task A_trigger_before_and_after_the_wait_ends_it()
    {
        Trigger();
        Trigger();
        Assert.Equal(2UL, await _set[0].WaitAsync());
        ValueTask<ulong> pending = _set[0].WaitAsync();
        Assert.False(pending.IsCompleted);
        Trigger();
        Assert.Equal(1UL, await pending);
    }

    [Fact]
    public async Task Vectors_are_awaited_at_the_same_time()
    {
        Task<ulong> first = _set[0].WaitAsync().AsTask();
        Task<ulong> second = _set[1].WaitAsync().AsTask();
        _machine.Kernel.Trigger(_machine.Device, Msix, 1);
        Assert.Equal(1UL, await second);
        Assert.False(first.IsCompleted);
        Trigger();
        Assert.Equal(1UL, await first);
    }

    [Fact]
    public async Task Whoever_blocks_after_an_await_holds_nobody_up()
    {
        using var done = new ManualResetEventSlim();
        Task blocked = Block();
        Trigger();
        for (int round = 0; round < 20; round++)
        {
            Task second = AwaitOther();
            _machine.Kernel.Trigger(_machine.Device, Msix, 1);
            await second;
        }

        Assert.False(blocked.IsCompleted);
        done.Set();
        await blocked;

        async Task Block()
        {
            await _set[0].WaitAsync();
            done.Wait();
        }

        async Task AwaitOther() => await _set[1].WaitAsync();
    }

    [Fact]
    public async Task A_wait_that_is_read_too_early_goes_on()
    {
        ValueTask<ulong> wait = _set[0].WaitAsync();
        Assert.Throws<InvalidOperationException>(() => ReadEarly(wait));
        Assert.Throws<InvalidOperationException>(() => _set[0].WaitAsync().AsTask().GetAwaiter().GetResult());
        Trigger();
        Assert.Equal(1UL, await wait);

        static ulong ReadEarly(ValueTask<ulong> wait) => wait.GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_second_await_is_refused_and_the_first_goes_on()
    {
        ValueTask<ulong> first = _set[0].WaitAsync();
        Assert.Throws<InvalidOperationException>(() => _set[0].WaitAsync().AsTask().GetAwaiter().GetResult());
        Trigger();
        Assert.Equal(1UL, await first);
        Trigger();
        Assert.Equal(1UL, await _set[0].WaitAsync());
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_loses_no_trigger()
    {
        using var source = new CancellationTokenSource();
        ValueTask<ulong> wait = _set[0].WaitAsync(source.Token);
        await source.CancelAsync();
        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        Assert.Equal(source.Token, error.CancellationToken);
        Trigger();
        Assert.Throws<OperationCanceledException>(() => _set[0].WaitAsync(source.Token).AsTask().GetAwaiter().GetResult());
        Assert.Equal(1UL, await _set[0].WaitAsync());
    }

    [Fact]
    public async Task Cancelling_races_with_the_trigger_and_one_of_them_wins()
    {
        ulong seen = 0;
        const int Rounds = 300;
        for (int i = 0; i < Rounds; i++)
        {
            using var source = new CancellationTokenSource();
            ValueTask<ulong> wait = _set[0].WaitAsync(source.Token);
            Task cancel = Task.Run(source.Cancel);
            Task trigger = Task.Run(Trigger);
            try
            {
                seen += await wait;
            }
            catch (OperationCanceledException)
            {
                // Its trigger is found by a later wait.
            }

            await Task.WhenAll(cancel, trigger);
        }

        while (_set[0].TryWait(TimeSpan.Zero, out ulong count))
        {
            seen += count;
        }

        Assert.Equal((ulong)Rounds, seen);
    }

    [Fact]
    public async Task Dispose_ends_an_await()
    {
        Task<ulong> wait = _set[0].WaitAsync().AsTask();
        _set.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        Assert.Throws<ObjectDisposedException>(() => _set[0].WaitAsync().AsTask().GetAwaiter().GetResult());
    }

    [Fact]
    public async Task A_blocking_wait_that_is_faster_leaves_the_await_waiting()
    {
        Task<ulong> wait = _set[0].WaitAsync().AsTask();
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ReadEventFd), Errno.EAGAIN);
        Trigger();
        Assert.Equal(1UL, await wait);
    }

    [Theory]
    [InlineData(nameof(IVfioKernel.CreateEpoll), Errno.EMFILE)]
    [InlineData(nameof(IVfioKernel.ControlEpoll), Errno.ENOMEM)]
    public async Task A_wait_that_cannot_be_set_up_fails_and_the_next_one_works(string method, int errno)
    {
        _machine.Kernel.Faults.FailNext(method, errno);
        VfioException error = await Assert.ThrowsAsync<VfioException>(async () => await _set[0].WaitAsync());
        Assert.Equal(errno, error.Errno);
        Trigger();
        Assert.Equal(1UL, await _set[0].WaitAsync());
        Task<ulong> wait = _set[0].WaitAsync().AsTask();
        Trigger();
        Assert.Equal(1UL, await wait);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_ends_the_await_with_the_reason()
    {
        Task<ulong> wait = _set[0].WaitAsync().AsTask();
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ReadEventFd), Errno.EIO);
        Trigger();
        VfioException error = await Assert.ThrowsAsync<VfioException>(() => wait);
        Assert.Equal(Errno.EIO, error.Errno);
    }

    [Fact]
    public async Task Dispose_survives_a_loop_that_cannot_forget()
    {
        Task<ulong> wait = _set[0].WaitAsync().AsTask();
        _machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.ControlEpoll), Errno.ENOENT);
        _device.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        _machine.Kernel.Faults.Clear();
    }

    private void Trigger() => Assert.True(_machine.Kernel.Trigger(_machine.Device, Msix));
}
