using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.EndOfLife;

/// <summary>Somebody takes a device from under the program that has it open.</summary>
public sealed class RemovalTests
{
    private const uint EduIdentity = 0x0100_00ed;

    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(RemovalWay.Unbind)]
    [InlineData(RemovalWay.Remove)]
    public void A_device_that_is_taken_away_is_released_after_the_grace_period(RemovalWay way)
    {
        using var watched = new Watched(TestDevice.Edu(), _grace);
        VfioDevice device = watched.Device;
        Assert.True(device.Lifetime.IsWatched);
        Assert.Equal(DeviceState.Running, device.Lifetime.State);
        MappedRegion registers = device.Regions.Bar(0).Map();
        Register32 identity = registers.Register32(0);
        Register32 liveness = registers.Register32(4);
        InterruptSet msi = device.Interrupts.Msi.Enable(1);
        Task<ulong> awaited = msi[0].WaitAsync().AsTask();
        using DmaBuffer? buffer = Mode.HasMappings ? device.Dma.Allocate(4096, Mode.IsNoIommu ? null : Edu.BufferOptions) : null;
        buffer?.Write32(0, 42);

        Task removal = watched.TakeAway(way);
        watched.AwaitRequest();
        if (device.Lifetime.State == DeviceState.RemovalRequested)
        {
            // All works on. A slow machine may have come to the end of the grace period in between.
            ReadOrGone(() => identity.Read());
        }

        Watched.AwaitEnd(removal);
        Assert.Equal(DeviceState.Gone, device.Lifetime.State);
        Assert.True(device.Lifetime.Released.WaitHandle.WaitOne(Watched.Patience));
        GoneAssert.EveryOperation(device, registers);
        GoneAssert.Operation(() => identity.Read());
        GoneAssert.Operation(() => liveness.Write(1));
        GoneAssert.Operation(() => msi[0].TryWait(TimeSpan.Zero, out _));
        GoneAssert.Operation(() => awaited.GetAwaiter().GetResult());
        if (buffer is not null)
        {
            Assert.Equal(42u, buffer.Read32(0));
        }

        device.Dispose();
        Assert.Equal(DeviceState.Disposed, device.Lifetime.State);
        Assert.Throws<ObjectDisposedException>(() => registers.Read32(0));
        Assert.Throws<ObjectDisposedException>(() => identity.Read());
        Assert.Throws<ObjectDisposedException>(() => device.Config.VendorId);
    }

    [Fact]
    public void A_thread_that_waits_for_an_interrupt_is_told()
    {
        using var watched = new Watched(TestDevice.Edu(), TimeSpan.Zero);
        InterruptSet msi = watched.Device.Interrupts.Msi.Enable(1);
        Task waiting = Task.Factory.StartNew(
            () => msi[0].Wait(Timeout.InfiniteTimeSpan), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Watched.AwaitEnd(watched.TakeAway(RemovalWay.Unbind));

        GoneAssert.Operation(() => waiting.GetAwaiter().GetResult());
    }

    [Theory]
    [InlineData(RemovalWay.Unbind)]
    [InlineData(RemovalWay.Remove)]
    public void A_user_that_disposes_in_time_is_not_told_that_the_device_is_gone(RemovalWay way)
    {
        using var watched = new Watched(TestDevice.Edu(), TimeSpan.FromDays(1));
        MappedRegion registers = watched.Device.Regions.Bar(0).Map();
        Task removal = watched.TakeAway(way);
        watched.AwaitRequest();
        Assert.Equal(EduIdentity, registers.Read32(0));
        Assert.False(removal.IsCompleted);

        watched.Device.Dispose();

        Watched.AwaitEnd(removal);
        Assert.Equal(DeviceState.Disposed, watched.Device.Lifetime.State);
        Assert.Throws<ObjectDisposedException>(() => registers.Read32(0));
    }

    [Fact]
    public async Task A_device_with_all_the_time_in_the_world_is_released_by_its_user_alone()
    {
        using var watched = new Watched(TestDevice.Edu(), Timeout.InfiniteTimeSpan);
        MappedRegion registers = watched.Device.Regions.Bar(0).Map();
        Task removal = watched.TakeAway(RemovalWay.Unbind);
        watched.AwaitRequest();
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.False(removal.IsCompleted);
        Assert.Equal(DeviceState.RemovalRequested, watched.Device.Lifetime.State);
        Assert.Equal(EduIdentity, registers.Read32(0));
        watched.Device.Dispose();
        Watched.AwaitEnd(removal);
    }

    [Fact]
    public void A_callback_that_never_returns_does_not_hold_the_device()
    {
        using var watched = new Watched(TestDevice.Edu(), TimeSpan.Zero);
        using var block = new ManualResetEventSlim();
        using CancellationTokenRegistration registration = watched.Device.Lifetime.RemovalRequested.Register(() => block.Wait());

        Watched.AwaitEnd(watched.TakeAway(RemovalWay.Unbind));

        Assert.Equal(DeviceState.Gone, watched.Device.Lifetime.State);
        watched.Device.Dispose();
        block.Set();
    }

    [Fact]
    public void Several_devices_of_one_address_space_go_at_once()
    {
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        var all = new List<Watched>();
        try
        {
            foreach (PciAddress address in (PciAddress[])[TestDevice.Edu(), TestDevice.Ivshmem(), TestDevice.Nvme()])
            {
                all.Add(new Watched(address, _grace, space));
            }

            MappedRegion[] registers = [.. all.Select(static it => it.Device.Regions.Bar(0).Map())];
            Task[] removals = [.. all.Select(static it => it.TakeAway(RemovalWay.Unbind))];
            Array.ForEach(removals, Watched.AwaitEnd);
            Assert.All(all, static it => Assert.Equal(DeviceState.Gone, it.Device.Lifetime.State));
            Assert.All(registers, static it => GoneAssert.Operation(() => it.Read32(0)));
        }
        finally
        {
            all.ForEach(static it => it.Dispose());
        }

        // The address space is the user's, and still there.
        using var again = new Taken(TestDevice.Edu(), space);
        Assert.Same(space, again.Device.Dma);
        if (Mode.HasMappings)
        {
            space.Allocate(4096).Dispose();
        }
    }

    [Fact]
    public void A_device_that_came_back_opens_again()
    {
        PciAddress address = TestDevice.Edu();
        for (int i = 0; i < 2; i++)
        {
            using var watched = new Watched(address, TimeSpan.Zero);
            MappedRegion registers = watched.Device.Regions.Bar(0).Map();
            Assert.Equal(EduIdentity, registers.Read32(0));
            Watched.AwaitEnd(watched.TakeAway(RemovalWay.Remove));
            GoneAssert.Operation(() => registers.Read32(0));
        }

        using var taken = new Taken(address);
        Assert.True(taken.Device.Regions.Bar(0).IsPresent);
    }

    private static void ReadOrGone(Func<uint> read)
    {
        try
        {
            Assert.Equal(EduIdentity, read());
        }
        catch (VfioException error)
        {
            Assert.Equal(VfioErrorKind.DeviceGone, error.Kind);
        }
    }
}
