using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Interrupts;

public sealed class InterruptTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Every_msi_is_counted_once()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet msi = taken.Device.Interrupts.Msi.Enable(1);

        for (int i = 0; i < 200; i++)
        {
            edu.Raise();
            Assert.Equal(1ul, msi[0].Wait(_patience));
            edu.Acknowledge();
        }

        Assert.False(msi[0].TryWait(_moment, out _));
    }

    [Fact]
    public void Every_msix_vector_is_counted_on_its_own()
    {
        using var taken = new Taken(TestDevice.Igb());
        Assert.Equal(IgbInterrupts.VectorCount, taken.Device.Interrupts.Msix.Count);
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(IgbInterrupts.VectorCount);
        using var igb = new IgbInterrupts(taken.Device);

        for (int vector = 0; vector < msix.Count; vector++)
        {
            for (int i = 0; i <= vector % 3; i++)
            {
                igb.Trigger(vector);
                Assert.Equal(1ul, msix[vector].Wait(_patience));
            }
        }

        Assert.All(msix, static interrupt => Assert.False(interrupt.TryWait(TimeSpan.Zero, out _)));
    }

    [Fact]
    public async Task Awaiting_holds_no_thread_and_counts_the_same()
    {
        using var taken = new Taken(TestDevice.Igb());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(IgbInterrupts.VectorCount);
        using var igb = new IgbInterrupts(taken.Device);
        Task<ulong>[] waits = [.. msix.Select(static interrupt => interrupt.WaitAsync().AsTask())];
        Assert.All(waits, static wait => Assert.False(wait.IsCompleted));

        for (int vector = 0; vector < msix.Count; vector++)
        {
            igb.Trigger(vector);
        }

        Assert.All(await Task.WhenAll(waits).WaitAsync(_patience), static count => Assert.Equal(1ul, count));
    }

    [Fact]
    public async Task An_await_ends_by_cancellation_without_losing_a_count()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet msi = taken.Device.Interrupts.Msi.Enable(1);
        using var cancellation = new CancellationTokenSource();
        ValueTask<ulong> wait = msi[0].WaitAsync(cancellation.Token);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);

        edu.Raise();
        Assert.Equal(1ul, await msi[0].WaitAsync().AsTask().WaitAsync(_patience));
    }

    [Fact]
    public async Task Disposing_ends_every_wait()
    {
        using var taken = new Taken(TestDevice.Edu());
        InterruptSet msi = taken.Device.Interrupts.Msi.Enable(1);
        Interrupt vector = msi[0];
        Task awaited = vector.WaitAsync().AsTask();
        Task blocked = Task.Factory.StartNew(
            () => vector.Wait(Timeout.InfiniteTimeSpan), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Task.Delay(_moment);

        msi.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => awaited.WaitAsync(_patience));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => blocked.WaitAsync(_patience));
        using InterruptSet again = taken.Device.Interrupts.Msi.Enable(1);
        Assert.Single(again);
    }

    [Fact]
    public void A_command_of_nvme_ends_in_its_data_and_one_msix()
    {
        Mode.RequireMapping();
        using var taken = new Taken(TestDevice.Nvme());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1);
        using var nvme = new NvmeAdmin(taken.Device);

        for (int i = 0; i < 3; i++)
        {
            nvme.SubmitIdentify();
            Assert.Equal(1ul, msix[0].Wait(_patience));
            Assert.StartsWith("QEMU NVMe Ctrl", nvme.CompleteIdentify(), StringComparison.Ordinal);
        }

        Assert.False(msix[0].TryWait(TimeSpan.Zero, out _));
    }

    [Fact]
    public void Intx_masks_itself_until_it_is_unmasked()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        InterruptKind kind = taken.Device.Interrupts.Intx;
        Assert.True(kind.Features.HasFlag(InterruptFeatures.AutoMasked | InterruptFeatures.Maskable));
        using InterruptSet intx = kind.Enable(1);

        for (int i = 0; i < 5; i++)
        {
            edu.Raise();
            Assert.Equal(1ul, intx[0].Wait(_patience));
            Assert.False(intx[0].TryWait(_moment, out _));
            edu.Acknowledge();
            intx[0].Unmask();
        }

        // Unmasked while the device still holds the line: it signals again.
        edu.Raise();
        Assert.Equal(1ul, intx[0].Wait(_patience));
        intx[0].Unmask();
        Assert.Equal(1ul, intx[0].Wait(_patience));
        edu.Acknowledge();
    }

    [Fact]
    public void Kinds_of_interrupt_exclude_each_other()
    {
        using var taken = new Taken(TestDevice.Edu());
        using InterruptSet msi = taken.Device.Interrupts.Msi.Enable(1);

        Assert.Throws<InvalidOperationException>(() => taken.Device.Interrupts.Msi.Enable(1));
        Assert.Throws<VfioException>(() => taken.Device.Interrupts.Intx.Enable(1));
        Assert.Equal(
            VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => taken.Device.Interrupts.Msix.Enable(1)).Kind);

        msi.Dispose();
        using InterruptSet intx = taken.Device.Interrupts.Intx.Enable(1);
    }

    [Fact]
    public void Nothing_comes_in_time_as_a_timeout()
    {
        using var taken = new Taken(TestDevice.Edu());
        using InterruptSet msi = taken.Device.Interrupts.Msi.Enable(1);

        Assert.False(msi[0].TryWait(TimeSpan.Zero, out _));
        Assert.Throws<TimeoutException>(() => msi[0].Wait(_moment));
    }
}
