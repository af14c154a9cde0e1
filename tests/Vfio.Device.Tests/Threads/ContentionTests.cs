using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Threads;

/// <summary>One device in the hands of many threads.</summary>
public sealed class ContentionTests
{
    private const int Rounds = 200;
    private const long Identification = 0;
    private const uint EduIdentification = 0x0100_00ed;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task All_that_a_device_has_may_be_used_at_once()
    {
        using var taken = new Taken(TestDevice.Edu());
        VfioDevice device = taken.Device;
        using var edu = new Edu(device);
        using InterruptSet msi = device.Interrupts.Msi.Enable(1);
        ushort vendor = device.Config.VendorId;
        ulong counted = 0;

        await Run(
            Repeat(() => Assert.Equal(EduIdentification, edu.Registers.Read32(Identification))),
            Repeat(() => Assert.Equal(EduIdentification, device.Regions.Bar(0).Read32(Identification))),
            Repeat(() => Assert.Equal(vendor, device.Config.VendorId)),
            Repeat(() =>
            {
                using MappedRegion other = device.Regions.Bar(0).Map();
                Assert.Equal(EduIdentification, other.Read32(Identification));
            }),
            Repeat(msi[0].Trigger),
            Repeat(msi[0].Trigger),
            () =>
            {
                while (counted < 2 * Rounds)
                {
                    counted += msi[0].Wait(_patience);
                }
            },
            Repeat(() => Assert.NotEqual(0, device.Interrupts.Msi.Count)),
            MapAndMove(device, edu));

        Assert.Equal(2ul * Rounds, counted);
        Assert.False(msi[0].TryWait(TimeSpan.Zero, out _));
    }

    [Fact]
    public async Task Use_that_races_with_the_end_of_a_device_works_or_says_that_it_is_disposed()
    {
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        for (int round = 0; round < 10; round++)
        {
            VfioDevice device = Mode.Open(address);
            device.Config.Command |= PciCommand.Memory;
            MappedRegion registers = device.Regions.Bar(0).Map();
            InterruptSet msi = device.Interrupts.Msi.Enable(1);
            await Run(
                UntilDisposed(() => device.Regions.Bar(0).Read32(Identification)),
                UntilDisposed(() => registers.Read32(Identification)),
                UntilDisposed(() => device.Config.Read32(0)),
                UntilDisposed(msi[0].Trigger),
                UntilDisposed(() => msi[0].TryWait(Timeout.InfiniteTimeSpan, out _)),
                UntilDisposed(() => msi[0].WaitAsync().AsTask().GetAwaiter().GetResult()),
                UntilDisposed(() => device.Regions.Bar(0).Map().Dispose()),
                device.Dispose,
                device.Dispose);

            // What was left open would be in the way of the next.
            Mode.Open(address).Dispose();
        }
    }

    /// <summary>Memory comes and goes, and the device moves pages through some of it. Where no IOMMU is, nothing.</summary>
    private static Action MapAndMove(VfioDevice device, Edu edu)
    {
        if (Mode.IsNoIommu)
        {
            return static () => { };
        }

        return Repeat(() =>
        {
            using DmaBuffer from = device.Dma.Allocate(Edu.WindowLength, Edu.BufferOptions);
            using DmaBuffer to = device.Dma.Allocate(Edu.WindowLength, Edu.BufferOptions);
            from.AsSpan().Fill(0x5a);
            edu.Load(from.Iova);
            edu.Store(to.Iova);
            Assert.True(from.AsSpan().SequenceEqual(to.AsSpan()));
        }, Rounds / 20);
    }

    private static Action Repeat(Action work, int rounds = Rounds) => () =>
    {
        for (int i = 0; i < rounds; i++)
        {
            work();
        }
    };

    private static Action UntilDisposed(Action work) => () =>
    {
        try
        {
            while (true)
            {
                work();
            }
        }
        catch (ObjectDisposedException)
        {
            // The end that every user of a device comes to.
        }
    };

    /// <summary>Each on a thread of its own.</summary>
    private static Task Run(params Action[] works)
        => Task.WhenAll(works.Select(static work => Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
}
