using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Interrupts;

/// <summary>Line interrupts that an event unmasks.</summary>
public sealed class ResampleTests
{
    private const int Storm = 500;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(50);

    [Fact]
    public void A_storm_is_served_without_a_call_to_the_device()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet intx = taken.Device.Interrupts.Intx.Enable(1);
        using ResampleEvent resample = intx[0].EnableResample();

        for (int i = 0; i < Storm; i++)
        {
            edu.Raise();
            Assert.Equal(1ul, intx[0].Wait(_patience));
            edu.Acknowledge();
            resample.Signal();
        }

        Assert.False(intx[0].TryWait(_moment, out _));
        Assert.Equal((ulong)Storm, intx[0].Statistics.Triggers);
    }

    [Fact]
    public void A_line_that_is_held_triggers_at_each_signal()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet intx = taken.Device.Interrupts.Intx.Enable(1);
        using ResampleEvent resample = intx[0].EnableResample();
        edu.Raise();
        for (int i = 0; i < Storm; i++)
        {
            Assert.Equal(1ul, intx[0].Wait(_patience));
            resample.Signal();
        }

        Assert.Equal(1ul, intx[0].Wait(_patience));
        Assert.False(intx[0].TryWait(_moment, out _));
        edu.Acknowledge();
        resample.Signal();
        Assert.False(intx[0].TryWait(_moment, out _));

        // Without the event the line stays masked, until somebody unmasks it.
        resample.Dispose();
        edu.Raise();
        Assert.Equal(1ul, intx[0].Wait(_patience));
        edu.Acknowledge();
        edu.Raise();
        Assert.False(intx[0].TryWait(_moment, out _));
        using ResampleEvent again = intx[0].EnableResample();
        again.Signal();
        Assert.Equal(1ul, intx[0].Wait(_patience));
        edu.Acknowledge();
    }

    [Fact]
    public void A_handler_serves_a_storm_and_the_line_is_unmasked_behind_it()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet intx = taken.Device.Interrupts.Intx.Enable(1);
        using ResampleEvent resample = intx[0].EnableResample();
        using var served = new SemaphoreSlim(0);
        InterruptHandler handler = intx[0].Handle(
            count =>
            {
                edu.Acknowledge();
                served.Release((int)count);
            },
            new InterruptHandlerOptions { Unmask = true });
        for (int i = 0; i < Storm; i++)
        {
            edu.Raise();
            Assert.True(served.Wait(_patience));
        }

        handler.Dispose();
        Assert.True(handler.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public void Whoever_has_the_descriptors_serves_as_a_virtual_machine_would()
    {
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using InterruptSet intx = taken.Device.Interrupts.Intx.Enable(1);
        using ResampleEvent resample = intx[0].EnableResample();
        using SafeHandle trigger = intx[0].ExportEvent();
        using SafeHandle unmask = resample.ExportEvent();
        for (int i = 0; i < 20; i++)
        {
            edu.Raise();
            Assert.Equal(1ul, Eventfd.Take(trigger));
            edu.Acknowledge();
            Eventfd.Signal(unmask);
        }

        Assert.Equal(0ul, intx[0].Statistics.Triggers);
    }

    [Fact]
    public void It_survives_that_the_interrupts_are_rearmed()
    {
        using var taken = new Taken(TestDevice.Nvme());
        using InterruptSet intx = taken.Device.Interrupts.Intx.Enable(1);
        using ResampleEvent resample = intx[0].EnableResample();
        taken.Device.Reset(new ResetOptions { RearmInterrupts = true });
        intx[0].Trigger();
        Assert.Equal(1ul, intx[0].Wait(_patience));
        resample.Signal();
        resample.Dispose();
        resample.Dispose();
        Assert.Throws<ObjectDisposedException>(resample.Signal);
    }
}
