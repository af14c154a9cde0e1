using System.Runtime.CompilerServices;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>The kernel wants a device back, and gets it, whatever its user does.</summary>
public sealed class RemovalTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _never = TimeSpan.FromDays(10);

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void What_is_released_is_closed_in_the_kernels_order_and_says_so(FakeInterfaces interfaces)
    {
        using FakeMachine machine = Watched(interfaces);
        VfioDevice device = Open(machine, TimeSpan.Zero);
        Assert.True(device.Lifetime.IsWatched);
        Assert.Equal((DeviceState.Running, null), (device.Lifetime.State, device.Lifetime.RemovalRequestedAt));
        MappedRegion region = device.Regions.Bar(0).Map();
        Register32 register = region.Register32(0);
        InterruptSet msix = device.Interrupts.Msix.Enable(2);
        DmaBuffer? buffer = interfaces == Interfaces.NoIommuContainer ? null : device.Dma.Allocate(4096);
        buffer?.Write32(0, 7);

        Request(machine);
        AwaitReleased(device);

        Assert.Equal(DeviceState.Gone, device.Lifetime.State);
        Assert.True(device.Lifetime.RemovalRequested.IsCancellationRequested);
        Assert.NotNull(device.Lifetime.RemovalRequestedAt);
        Assert.Equal(0, machine.Device.OpenCount);
        machine.AssertClean();
        Action[] operations =
        [
            () => region.Read32(0),
            () => region.Write64(0, 1),
            () => region.Read32(0, new uint[2]),
            () => region.Register32(0),
            () => register.Read(),
            () => register.Write(1),
            () => device.Regions.Bar(0).Read32(0),
            () => device.Regions.Bar(0).Write(0, [1]),
            () => device.Regions.Bar(0).Map(),
            () => _ = device.Config.Command,
            () => msix[0].TryWait(TimeSpan.Zero, out _),
            () => msix[1].Wait(Timeout.InfiniteTimeSpan),
            () => msix[0].WaitAsync().AsTask().GetAwaiter().GetResult(),
            () => msix[0].Mask(),
            () => msix[0].Trigger(),
            () => device.Interrupts.Msi.Enable(1),
            () => _ = device.Dma,
            () => _ = device.Backend,
            device.Detach,
            () => device.DetachPasid(1),
            () => device.GetIommuInfo(),
            device.Reset,
            () => device.HotReset(),
            () => device.GetHotResetInfo(),
            () => device.Share(),
            () => device.Features.GetSupport(DeviceFeature.Migration),
        ];
        Assert.All(operations, AssertGone);
        Assert.Equal(7u, buffer?.Read32(0) ?? 7u);

        device.Dispose();
        device.Dispose();
        Assert.Equal(DeviceState.Disposed, device.Lifetime.State);
        Assert.Throws<ObjectDisposedException>(() => region.Read32(0));
        Assert.Throws<ObjectDisposedException>(() => register.Read());
        Assert.Throws<ObjectDisposedException>(() => device.Config.Command);
        buffer?.Dispose();
        GC.KeepAlive(region);
    }

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public async Task Waits_that_are_under_way_end(FakeInterfaces interfaces)
    {
        using FakeMachine machine = Watched(interfaces);
        using VfioDevice device = Open(machine, TimeSpan.Zero);
        InterruptSet msix = device.Interrupts.Msix.Enable(3);
        Task<ulong> awaited = msix[0].WaitAsync().AsTask();
        Task<ulong>[] blocked =
        [
            InThread(() => msix[1].Wait(Timeout.InfiniteTimeSpan)), InThread(() => msix[2].Wait(_never)),
        ];

        Request(machine);

        foreach (Task<ulong> wait in (Task<ulong>[])[awaited, .. blocked])
        {
            VfioException error = await Assert.ThrowsAsync<VfioException>(() => wait);
            Assert.Equal(VfioErrorKind.DeviceGone, error.Kind);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_user_who_disposes_in_time_is_never_told_that_the_device_is_gone(bool forEver)
    {
        using FakeMachine machine = Watched(FakeInterfaces.Both);
        VfioDevice device = Open(machine, forEver ? Timeout.InfiniteTimeSpan : _never);
        MappedRegion region = device.Regions.Bar(0).Map();
        Request(machine);
        Assert.True(device.Lifetime.RemovalRequested.WaitHandle.WaitOne(_patience));
        Request(machine);
        Assert.Equal(DeviceState.RemovalRequested, device.Lifetime.State);
        region.Write32(0, 1);
        Assert.False(device.Lifetime.Released.IsCancellationRequested);

        device.Dispose();

        Assert.Equal(DeviceState.Disposed, device.Lifetime.State);
        AwaitReleased(device);
        Assert.Throws<ObjectDisposedException>(() => region.Read32(0));
        machine.AssertClean();
    }

    [Fact]
    public void A_device_whose_user_does_not_listen_to_the_callback_that_blocks_is_released_all_the_same()
    {
        using FakeMachine machine = Watched(FakeInterfaces.Both);
        VfioDevice device = Open(machine, TimeSpan.FromMilliseconds(50));
        using var block = new ManualResetEventSlim();
        using CancellationTokenRegistration first = device.Lifetime.RemovalRequested.Register(() => block.Wait());
        using CancellationTokenRegistration second = device.Lifetime.Released.Register(() => block.Wait());
        Request(machine);
        AwaitReleased(device);
        device.Dispose();
        machine.AssertClean();
        block.Set();
    }

    [Fact]
    public async Task Disposing_returns_whenever_it_comes()
    {
        using FakeMachine machine = Watched(FakeInterfaces.Both);
        for (int i = 0; i < 100; i++)
        {
            VfioDevice device = Open(machine, TimeSpan.FromMilliseconds(i % 3));
            MappedRegion region = device.Regions.Bar(0).Map();
            using CancellationTokenRegistration again = device.Lifetime.RemovalRequested.Register(device.Dispose);
            Task[] ends = [InThread(() => Request(machine)), InThread(device.Dispose), InThread(region.Dispose)];
            await Task.WhenAll(ends).WaitAsync(_patience);
            Assert.Equal(DeviceState.Disposed, device.Lifetime.State);
            AwaitReleased(device);
            machine.AssertClean();
        }
    }

    [Fact]
    public async Task Operations_that_race_with_the_release_work_or_say_that_the_device_is_gone()
    {
        using FakeMachine machine = Watched(FakeInterfaces.Both);
        for (int i = 0; i < 50; i++)
        {
            using VfioDevice device = Open(machine, TimeSpan.Zero);
            MappedRegion region = device.Regions.Bar(0).Map();
            Action[] operations =
            [
                () => region.Write32(0, 1),
                () => _ = device.Config.Command,
                () => device.Regions.Bar(0).Read32(4),
                () => device.Regions.Bar(0).Map().Dispose(),
                () => device.Interrupts.Msix.Enable(1).Dispose(),
                device.Reset,
            ];
            Task<int>[] users = [.. operations.Select(static operation => InThread(() => Until(operation)))];
            Request(machine);
            await Task.WhenAll(users).WaitAsync(_patience);
            AwaitReleased(device);
        }

        machine.AssertClean();
    }

    [Fact]
    public void Several_devices_of_an_address_space_are_released_at_once_and_it_lives_on()
    {
        string[] names = [FakeMachine.Address, "0000:00:04.0", "0000:00:04.1"];
        using FakeMachine machine = Watched(FakeInterfaces.CdevsOnly);
        machine.Add(names[1], 8).AddRequest();
        machine.Add(names[2], 8).AddRequest();
        using (AddressSpace space = machine.CreateSpace())
        {
            VfioDevice[] devices = [.. names.Select(name => machine.Open(
                new VfioDeviceOptions { AddressSpace = space, RemovalGracePeriod = TimeSpan.Zero }, name))];
            using DmaBuffer buffer = space.Allocate(4096);
            Array.ForEach(names, name => Request(machine, name));
            Array.ForEach(devices, AwaitReleased);
            Assert.True(buffer.Mapping.IsLive);

            using VfioDevice again = machine.Open(space: space);
            Assert.Same(space, again.Dma);
            Array.ForEach(devices, static device => device.Dispose());
            Assert.Equal(DeviceState.Running, again.Lifetime.State);
        }

        machine.AssertClean();
    }

    [Fact]
    public void A_device_that_has_no_such_interrupt_is_not_watched()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        using VfioDevice device = machine.Open();
        Assert.False(device.Lifetime.IsWatched);
        Assert.Equal(TimeSpan.FromSeconds(5), new VfioDeviceOptions().RemovalGracePeriod);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(long.MaxValue)]
    public void A_grace_period_must_be_one(long ticks)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new VfioDeviceOptions { RemovalGracePeriod = new TimeSpan(ticks) });

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void A_device_that_its_user_forgot_is_closed_although_somebody_listens_for_it(FakeInterfaces interfaces)
    {
        using FakeMachine machine = Watched(interfaces);
        Forget(machine);
        for (int i = 0; i < 8 && machine.Kernel.OpenKinds.Count != 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void No_failing_call_of_an_open_leaves_a_listener_behind(FakeInterfaces interfaces)
    {
        using FakeMachine machine = Watched(interfaces);
        _ = machine.Host.EventLoop;
        Assert.True(SpinWait.SpinUntil(() => machine.Kernel.Faults.Count(nameof(IVfioKernel.WaitEpoll)) == 1, _patience));
        int failures = EveryCall.IsHarmless(machine, Native.Errno.ENOMEM, () => Open(machine, _never));
        Assert.True(failures >= 10, $"Only {failures} steps could fail.");
        machine.AssertClean();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(FakeMachine machine) => _ = Open(machine, _never);

    private static FakeMachine Watched(FakeInterfaces interfaces)
    {
        FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Device.AddRequest();
        return machine;
    }

    private static VfioDevice Open(FakeMachine machine, TimeSpan gracePeriod) => machine.Open(
        new VfioDeviceOptions { AllowUnsafeNoIommu = machine.Kernel.NoIommu, RemovalGracePeriod = gracePeriod });

    private static void Request(FakeMachine machine, string address = FakeMachine.Address)
        => machine.Kernel.Trigger(machine.Kernel.Devices[address], (int)VFIO_PCI_REQ_IRQ_INDEX);

    private static void AwaitReleased(VfioDevice device) => Assert.True(device.Lifetime.Released.WaitHandle.WaitOne(_patience));

    private static void AssertGone(Action operation)
    {
        VfioException error = Assert.Throws<VfioException>(operation);
        Assert.Equal((VfioErrorKind.DeviceGone, FakeMachine.Address), (error.Kind, error.Subject));
    }

    /// <summary>Repeats an operation until the device is gone.</summary>
    private static int Until(Action operation)
    {
        for (int i = 1; ; i++)
        {
            try
            {
                operation();
            }
            catch (VfioException error) when (error.Kind == VfioErrorKind.DeviceGone)
            {
                return i;
            }
            catch (VfioException error) when (error.Step == nameof(VFIO_DEVICE_SET_IRQS))
            {
                // Released between the look at the device and the call.
            }
        }
    }

    private static Task InThread(Action action)
        => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<T> InThread<T>(Func<T> function)
        => Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
