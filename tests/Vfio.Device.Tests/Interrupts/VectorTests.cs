using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Interrupts;

/// <summary>All vectors that devices have, and vectors that come and go.</summary>
public sealed class VectorTests
{
    private const int NvmeVectors = 65;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void Every_vector_up_to_the_limit_is_counted_once_for_each_trigger()
    {
        using (var edu = new Taken(TestDevice.Edu()))
        {
            Assert.Equal(1, edu.Device.Interrupts.Msi.Count);
            TriggerAll(edu.Device.Interrupts.Msi);
        }

        using (var igb = new Taken(TestDevice.Igb()))
        {
            Assert.Equal(IgbInterrupts.VectorCount, igb.Device.Interrupts.Msix.Count);
            TriggerAll(igb.Device.Interrupts.Msix);
        }

        using var nvme = new Taken(TestDevice.Nvme());
        Assert.Equal(NvmeVectors, nvme.Device.Interrupts.Msix.Count);
        TriggerAll(nvme.Device.Interrupts.Msix);
    }

    [Fact]
    public void Only_what_can_be_masked_says_so()
    {
        using var taken = new Taken(TestDevice.Igb());
        Assert.False(taken.Device.Interrupts.Msix.Features.HasFlag(InterruptFeatures.Maskable));
        Assert.False(taken.Device.Interrupts.Msi.Features.HasFlag(InterruptFeatures.Maskable));
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(msix[0].Mask).Kind);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(msix[0].Unmask).Kind);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(msix[0].EnableResample).Kind);
    }

    [Fact]
    public void The_device_triggers_vectors_that_were_added_and_none_that_was_removed()
    {
        using var taken = new Taken(TestDevice.Igb());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1);
        using var igb = new IgbInterrupts(taken.Device);
        for (int vector = 1; vector < IgbInterrupts.VectorCount; vector++)
        {
            Interrupt added = msix.Add(vector);
            igb.Trigger(vector);
            Assert.Equal(1ul, added.Wait(_patience));
        }

        Assert.Equal(IgbInterrupts.VectorCount, msix.Count);
        Interrupt removed = msix[4];
        msix.Remove(4);
        igb.Trigger(4);
        igb.Trigger(5);
        Assert.Equal(1ul, msix[5].Wait(_patience));
        Assert.Equal(0ul, removed.Statistics.Untaken);
        Interrupt again = msix.Add(4);

        // The device may have kept it pending.
        _ = again.TryWait(_moment, out _);
        igb.Trigger(4);
        Assert.Equal(1ul, again.Wait(_patience));
        igb.Trigger(0);
        Assert.Equal(1ul, msix[0].Wait(_patience));
    }

    [Fact]
    public void Vectors_that_are_set_aside_are_added_alone_by_every_kernel()
    {
        using var taken = new Taken(TestDevice.Igb());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1, 4);
        using var igb = new IgbInterrupts(taken.Device);
        Assert.True(msix.AddsAlone(3));
        Interrupt added = msix.Add(3);
        igb.Trigger(3);
        Assert.Equal(1ul, added.Wait(_patience));
    }

    [Fact]
    public void Vectors_come_and_go_while_another_is_under_load()
    {
        const int Triggers = 3000;
        const int Rounds = 30;
        using var taken = new Taken(TestDevice.Igb());

        // All that come and go are set aside, or can be added alone: the one under load must not notice.
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(1, 4);
        using var igb = new IgbInterrupts(taken.Device);
        using var served = new SemaphoreSlim(0);
        ulong seen = 0;
        using InterruptHandler handler = msix[0].Handle(count =>
        {
            seen += count;
            served.Release((int)count);
        });
        Exception? failure = null;
        var load = new Thread(() =>
        {
            try
            {
                for (int i = 0; i < Triggers; i++)
                {
                    // One at a time, since the device merges what is not served yet.
                    igb.Trigger(0);
                    Assert.True(served.Wait(_patience));
                }
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                failure = error;
            }
        });
        load.Start();
        for (int round = 0; round < Rounds || load.IsAlive; round++)
        {
            int vector = 1 + (round % 3);
            Interrupt added = msix.Add(vector);
            igb.Trigger(vector);
            Assert.Equal(1ul, added.Wait(_patience));
            msix.Remove(vector);
        }

        load.Join();
        handler.Dispose();
        Assert.Null(failure);
        Assert.Equal((ulong)Triggers, seen);
        Assert.Equal((ulong)Triggers, msix[0].Statistics.Triggers);
    }

    [Fact]
    public void Vectors_beyond_those_set_aside_are_added_on_the_same_events()
    {
        using var taken = new Taken(TestDevice.Nvme());
        using InterruptSet msix = taken.Device.Interrupts.Msix.Enable(2);
        msix[0].Trigger();
        Interrupt first = msix[0];
        Interrupt last = msix.Add(NvmeVectors - 1);
        last.Trigger();
        first.Trigger();
        Assert.Equal(2ul, first.Wait(_patience));
        Assert.Equal(1ul, last.Wait(_patience));
        Assert.Equal(3, msix.Count);
    }

    [Fact]
    public void Errors_of_an_express_device_can_be_waited_for_beside_its_interrupts()
    {
        using (var express = new Taken(TestDevice.Igb()))
        {
            InterruptKind kind = express.Device.Interrupts.Error;
            Assert.Equal(1, kind.Count);
            using InterruptSet msix = express.Device.Interrupts.Msix.Enable(1);
            using InterruptSet error = kind.Enable(1);
            Assert.False(error[0].TryWait(TimeSpan.Zero, out _));
            error[0].Trigger();
            Assert.Equal(1ul, error[0].Wait(_patience));
            error.Dispose();
            using InterruptSet again = kind.Enable(1);
            again[0].Trigger();
            Assert.Equal(1ul, again[0].Wait(_patience));
        }

        // A conventional function cannot report any; some kernels offer the interrupt all the same.
        using var conventional = new Taken(TestDevice.Edu());
        InterruptKind other = conventional.Device.Interrupts.Error;
        if (other.Count == 0)
        {
            Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => other.Enable(1)).Kind);
        }
        else
        {
            using InterruptSet error = other.Enable(1);
            Assert.False(error[0].TryWait(TimeSpan.Zero, out _));
        }
    }

    private static void TriggerAll(InterruptKind kind)
    {
        using InterruptSet set = kind.Enable(kind.Count);
        Assert.Equal(kind.Count, set.Count);
        foreach (Interrupt interrupt in set)
        {
            for (int i = 0; i <= interrupt.Vector % 5; i++)
            {
                interrupt.Trigger();
            }
        }

        Assert.All(set, static interrupt => Assert.Equal(1ul + (ulong)(interrupt.Vector % 5), interrupt.Wait(_patience)));
        Assert.All(set, static interrupt => Assert.False(interrupt.TryWait(TimeSpan.Zero, out _)));
    }
}
