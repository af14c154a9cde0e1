using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Vectors that are added and removed while others are enabled.</summary>
public sealed class VectorTests : IDisposable
{
    private const int Msi = (int)VFIO_PCI_MSI_IRQ_INDEX;
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public VectorTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void A_vector_is_added_alone_where_the_kernel_can()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(2);
        Interrupt first = set[0];
        Trigger(Msix, 0);
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));
        Assert.True(set.AddsAlone(9));
        Interrupt added = set.Add(9);
        Assert.Equal(calls + 1, _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)));
        Assert.Equal([0, 1, 9], set.Select(static interrupt => interrupt.Vector));
        Assert.Equal(3, set.Count);
        Assert.Same(first, set[0]);
        Assert.Same(added, set[9]);
        Trigger(Msix, 9);
        Assert.Equal(1UL, added.Wait(Timeout.InfiniteTimeSpan));
        Assert.Equal(1UL, first.Wait(Timeout.InfiniteTimeSpan));
        Assert.False(_machine.Kernel.Trigger(_machine.Device, Msix, 8));
    }

    [Fact]
    public void A_vector_that_is_set_aside_is_added_alone_on_any_kernel()
    {
        using InterruptSet set = _device.Interrupts.Msi.Enable(1, 4);
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));
        Assert.True(set.AddsAlone(3));
        Assert.False(set.AddsAlone(4));
        set.Add(3);
        Assert.Equal(calls + 1, _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)));
        Trigger(Msi, 3);
        Assert.Equal(1UL, set[3].Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public async Task Where_vectors_are_enabled_together_counts_and_waits_survive()
    {
        using InterruptSet set = _device.Interrupts.Msi.Enable(2);
        Interrupt first = set[0];
        Trigger(Msi, 0);
        Task<ulong> waiting = set[1].WaitAsync().AsTask();
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));
        Assert.False(set.AddsAlone(5));
        set.Add(5);
        Assert.Equal(calls + 2, _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)));
        Trigger(Msi, 0);
        Trigger(Msi, 5);
        Assert.Equal(2UL, await first.WaitAsync());
        Assert.Equal(1UL, await set[5].WaitAsync());
        Assert.False(waiting.IsCompleted);
        Trigger(Msi, 1);
        Assert.Equal(1UL, await waiting);
        Assert.True(set.AddsAlone(4));
        set.Add(4);
    }

    [Fact]
    public async Task A_vector_is_removed_alone()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(3);
        Interrupt removed = set[1];
        Task<ulong> waiting = removed.WaitAsync().AsTask();
        int calls = _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs));
        set.Remove(1);
        Assert.Equal(calls + 1, _machine.Kernel.Faults.Count(nameof(IVfioKernel.SetIrqs)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Throws<ObjectDisposedException>(() => removed.TryWait(TimeSpan.Zero, out _));
        Assert.Throws<ObjectDisposedException>(removed.Trigger);
        Assert.Throws<ObjectDisposedException>(removed.Mask);
        Assert.Throws<ObjectDisposedException>(() => removed.Handle(static _ => { }));
        Assert.False(_machine.Kernel.Trigger(_machine.Device, Msix, 1));
        Assert.Equal([0, 2], set.Select(static interrupt => interrupt.Vector));
        Assert.Throws<ArgumentOutOfRangeException>(() => set[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Remove(1));
        Interrupt again = set.Add(1);
        Assert.NotSame(removed, again);
        Trigger(Msix, 1);
        Assert.Equal(1UL, await again.WaitAsync());
        Trigger(Msix, 2);
        Assert.Equal(1UL, await set[2].WaitAsync());
    }

    [Fact]
    public void All_vectors_can_go_and_come_back()
    {
        using InterruptSet set = _device.Interrupts.Msi.Enable(2);
        set.Remove(0);
        set.Remove(1);
        Assert.Empty(set);
        set.Add(6);
        Trigger(Msi, 6);
        Assert.Equal(1UL, set[6].Wait(Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void What_a_removed_vector_had_counted_is_told()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(2);
        Interrupt removed = set[1];
        Trigger(Msix, 1);
        removed.Wait(Timeout.InfiniteTimeSpan);
        Trigger(Msix, 1);
        Trigger(Msix, 1);
        set.Remove(1);
        Assert.Equal(1UL, removed.Statistics.Triggers);
        Assert.Equal(2UL, removed.Statistics.Untaken);
    }

    [Fact]
    public void Wrong_vectors_are_refused()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Add(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.AddsAlone(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => set.Remove(2));
        Assert.Contains("vector 1 of MSI-X", Assert.Throws<InvalidOperationException>(() => set.Add(1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _device.Interrupts.Msi.Enable(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _device.Interrupts.Msi.Enable(2, 9));
        set.Dispose();
        Assert.Throws<ObjectDisposedException>(() => set.Add(3));
        Assert.Throws<ObjectDisposedException>(() => set.Remove(0));
        using InterruptSet line = _device.Interrupts.Intx.Enable(1);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => line.Remove(0)).Kind);
    }

    [Fact]
    public void A_refusal_leaves_the_others_as_they_were()
    {
        using InterruptSet set = _device.Interrupts.Msi.Enable(2);
        _machine.Device.Irqs[Msi]!.Available = 2;
        VfioException error = Assert.Throws<VfioException>(() => set.Add(3));
        Assert.Contains("2 interrupt vectors and not 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, set.Count);
        Trigger(Msi, 1);
        Assert.Equal(1UL, set[1].Wait(Timeout.InfiniteTimeSpan));
        _machine.Device.Irqs[Msi]!.Available = 8;
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.CreateEventFd), Errno.EMFILE);
        Assert.Equal(Errno.EMFILE, Assert.Throws<VfioException>(() => set.Add(3)).Errno);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.EIO);
        Assert.Equal(Errno.EIO, Assert.Throws<VfioException>(() => set.Remove(1)).Errno);
        Trigger(Msi, 1);
        Assert.Equal(1UL, set[1].Wait(Timeout.InfiniteTimeSpan));
        set.Add(3);
    }

    [Fact]
    public void Vectors_that_cannot_be_put_back_are_told_of()
    {
        InterruptSet set = _device.Interrupts.Msi.Enable(2);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.ENOMEM, skip: 1);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.SetIrqs), Errno.ENOSPC, skip: 3);
        VfioException error = Assert.Throws<VfioException>(() => set.Add(3));
        Assert.Contains("none of its vectors is enabled any more", error.Message, StringComparison.Ordinal);
        Assert.Equal(Errno.ENOSPC, error.Errno);
        set.Dispose();
        using InterruptSet again = _device.Interrupts.Msi.Enable(4);
    }

    [Fact]
    public void Holes_survive_that_the_set_is_rearmed()
    {
        using InterruptSet set = _device.Interrupts.Msix.Enable(4);
        set.Remove(1);
        _machine.Device.ForgetsInterrupts = true;
        _device.Reset(new ResetOptions { RearmInterrupts = true });
        Assert.False(_machine.Kernel.Trigger(_machine.Device, Msix, 1));
        Trigger(Msix, 3);
        Assert.Equal(1UL, set[3].Wait(Timeout.InfiniteTimeSpan));
        set.Add(1);
    }

    [Fact]
    public void Vectors_come_and_go_under_the_load_of_another()
    {
        const int Triggers = 2000;
        using InterruptSet set = _device.Interrupts.Msi.Enable(1);
        Thread[] changing = [.. Enumerable.Range(1, 3).Select(vector => new Thread(() =>
        {
            for (int round = 0; round < 200; round++)
            {
                Interrupt added = set.Add(vector);
                added.Trigger();
                Assert.Equal(1UL, added.Wait(Timeout.InfiniteTimeSpan));
                set.Remove(vector);
            }
        }))];
        var source = new Thread(() =>
        {
            for (int i = 0; i < Triggers; i++)
            {
                set[0].Trigger();
            }
        });
        source.Start();
        Array.ForEach(changing, static thread => thread.Start());
        ulong seen = 0;
        while (seen < Triggers)
        {
            seen += set[0].Wait(Timeout.InfiniteTimeSpan);
        }

        source.Join();
        Array.ForEach(changing, static thread => thread.Join());
        Assert.Equal((ulong)Triggers, seen);
        Assert.False(set[0].TryWait(TimeSpan.Zero, out _));
    }

    private void Trigger(int index, uint vector) => Assert.True(_machine.Kernel.Trigger(_machine.Device, index, vector));
}
