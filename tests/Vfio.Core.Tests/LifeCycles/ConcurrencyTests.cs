using System.Collections.Concurrent;

namespace Vfio.Core.Tests;

/// <summary>Objects that are used and disposed by many threads at once.</summary>
public sealed class ConcurrencyTests
{
    private const int Rounds = 60;

    // Fewer, because more threads than processors never rest until the dispose reaches them.
    private const int Races = 15;

    [Fact]
    public void Use_that_races_with_dispose_works_or_says_that_it_is_disposed()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        for (int round = 0; round < Races; round++)
        {
            AddressSpace space = machine.CreateSpace();
            VfioDevice device = machine.Open(space: space);
            MappedRegion mapped = device.Regions.Bar(0).Map();
            InterruptSet set = device.Interrupts.Msix.Enable(1);
            var unexpected = new ConcurrentQueue<Exception>();
            Thread[] users =
            [
                Use(unexpected, () => device.Regions.Bar(0).Read32(0)),
                Use(unexpected, () => device.Regions.Bar(0).Write32(4, 1)),
                Use(unexpected, () => mapped.Read32(0)),
                Use(unexpected, () => mapped.Write64(8, 1)),
                Use(unexpected, () => set[0].TryWait(Timeout.InfiniteTimeSpan, out _)),
                Use(unexpected, () => set[0].WaitAsync().AsTask().GetAwaiter().GetResult()),
                Use(unexpected, () => space.Allocate(4096).Dispose()),
                Use(unexpected, () => device.Regions.Bar(0).Map().Dispose()),
            ];
            machine.Kernel.Trigger(machine.Device, 2);
            Thread.Yield();
            Thread[] disposers =
            [
                new(device.Dispose), new(device.Dispose), new(space.Dispose), new(mapped.Dispose), new(set.Dispose),
            ];
            Array.ForEach(disposers, static thread => thread.Start());
            Array.ForEach(disposers, static thread => thread.Join());
            Array.ForEach(users, static thread => thread.Join());
            Assert.Empty(unexpected);
            machine.AssertClean();
        }
    }

    [Fact]
    public void Opening_and_closing_in_many_threads_leaves_nothing_open()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        string[] addresses = ["0000:00:03.1", "0000:00:03.2", "0000:00:03.3", "0000:00:04.0", "0000:00:04.1"];
        foreach (string other in addresses)
        {
            machine.Add(other, other.StartsWith("0000:00:03", StringComparison.Ordinal) ? 7 : 8);
        }

        var unexpected = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. addresses.Append(FakeMachine.Address).Select(address => new Thread(() =>
        {
            try
            {
                for (int round = 0; round < Rounds; round++)
                {
                    using VfioDevice device = machine.Open(address);
                    using DmaBuffer buffer = device.Dma.Allocate(4096);
                    device.Regions.Bar(0).Write32(0, (uint)round);
                }
            }
            catch (Exception error)
            {
                unexpected.Enqueue(error);
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Empty(unexpected);
        machine.AssertClean();
    }

    [Fact]
    public void A_shared_address_space_takes_and_loses_devices_in_many_threads()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        machine.Add("0000:00:04.0", 8);
        using (AddressSpace space = machine.CreateSpace())
        {
            var unexpected = new ConcurrentQueue<Exception>();
            Thread[] threads = [.. new[] { FakeMachine.Address, "0000:00:04.0" }.Select(address => new Thread(() =>
            {
                try
                {
                    for (int round = 0; round < Rounds; round++)
                    {
                        using VfioDevice device = machine.Open(address, space);
                        using DmaBuffer buffer = space.Allocate(4096);
                    }
                }
                catch (Exception error)
                {
                    unexpected.Enqueue(error);
                }
            }))];
            Array.ForEach(threads, static thread => thread.Start());
            Array.ForEach(threads, static thread => thread.Join());
            Assert.Empty(unexpected);
            Assert.Equal(0, space.MappingCount);
        }

        machine.AssertClean();
    }

    [Fact]
    public void A_call_that_starts_after_dispose_is_refused_though_another_still_runs()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        VfioDevice device = machine.Open();
        using var reading = new ManualResetEventSlim();
        using var finish = new ManualResetEventSlim();
        machine.Kernel.Before = method =>
        {
            if (method == nameof(IVfioKernel.ReadAt))
            {
                reading.Set();
                finish.Wait();
            }
        };
        uint value = 1;
        var reader = new Thread(() => value = device.Regions.Bar(0).Read32(0));
        reader.Start();
        reading.Wait();
        machine.Kernel.Before = null;
        device.Dispose();
        try
        {
            Assert.Throws<ObjectDisposedException>(() => device.Regions.Bar(0).Read32(0));
        }
        finally
        {
            finish.Set();
            reader.Join();
        }

        Assert.Equal(0u, value);
        machine.AssertClean();
    }

    /// <summary>Repeats a call until it says that its object is disposed, or that no device is left.</summary>
    private static Thread Use(ConcurrentQueue<Exception> unexpected, Action call)
    {
        var thread = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    call();
                }
            }
            catch (ObjectDisposedException)
            {
            }
            catch (VfioException error) when (error.Kind == VfioErrorKind.Refused && error.Errno == 0)
            {
                // An address space outlives its last device, and then has nothing to map into.
            }
            catch (Exception error)
            {
                unexpected.Enqueue(error);
            }
        });
        thread.Start();
        return thread;
    }
}
