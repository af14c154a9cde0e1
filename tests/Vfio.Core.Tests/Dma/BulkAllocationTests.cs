using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Large buffers that are set up in steps: all of it, or nothing.</summary>
public sealed class BulkAllocationTests
{
    private const long MiB = 1 << 20;

    // Three pieces to map, the last a short one.
    private const long Length = (2 * 256 + 40) * MiB;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, false)]
    [InlineData(FakeInterfaces.CdevsOnly, true)]
    [InlineData(FakeInterfaces.Compat, false)]
    public async Task Everything_is_filled_in_and_mapped_and_told(FakeInterfaces interfaces, bool isFile)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        var told = new List<DmaProgress>();
        DmaBuffer buffer = await device.Dma.AllocateLargeAsync(
            Length, new() { IsFile = isFile, PopulationThreads = 3 }, new Listener(told.Add), Token);

        Assert.Equal(Length, buffer.Length);
        Assert.Equal(1, device.Dma.MappingCount);
        Assert.Equal(18, machine.Kernel.Faults.Count(nameof(IVfioKernel.Advise)) - (isFile ? 0 : 1));
        Assert.True(device.Dma.TryGetAddress(buffer.Iova + (Length - 1), out nint last));
        Assert.Equal(buffer.Address + (nint)(Length - 1), last);
        Assert.Equal(new DmaProgress(DmaStage.Populating, Length, Length), told.First(static it => it.Done == it.Total));
        Assert.Equal(new DmaProgress(DmaStage.Mapping, Length, Length), told[^1]);
        foreach (DmaStage stage in (DmaStage[])[DmaStage.Populating, DmaStage.Mapping])
        {
            long[] steps = [.. told.Where(it => it.Stage == stage).Select(static it => it.Done)];
            Assert.Equal(steps.Order(), steps);
        }

        buffer.Dispose();
        Assert.Equal(0, device.Dma.MappingCount);
        Assert.Empty(machine.Kernel.Memory);
        device.Dispose();
        machine.AssertClean();
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, nameof(IVfioKernel.MapDma))]
    [InlineData(FakeInterfaces.CdevsOnly, nameof(IIommufdCalls.MapIoas))]
    public async Task Half_way_is_nothing(FakeInterfaces interfaces, string map)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        for (int piece = 0; piece < 3; piece++)
        {
            machine.Kernel.Faults.FailNext(map, Errno.ENOMEM, piece);
            VfioException error = await Assert.ThrowsAsync<VfioException>(() => device.Dma.AllocateLargeAsync(Length));
            Assert.Equal(Errno.ENOMEM, error.Errno);
            AssertNothing(machine, device);
        }

        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Advise), Errno.ENOMEM, skip: 3);
        VfioException full = await Assert.ThrowsAsync<VfioException>(() => device.Dma.AllocateLargeAsync(Length));
        Assert.Equal(VfioErrorKind.OutOfMemory, full.Kind);
        AssertNothing(machine, device);

        // The addresses are free again.
        using DmaBuffer buffer = await device.Dma.AllocateLargeAsync(MiB, new() { PopulationThreads = 1 }, cancellationToken: Token);
        Assert.Equal(1, device.Dma.MappingCount);
    }

    [Fact]
    public async Task Pages_stay_where_the_kernel_does_not_undo_the_half()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using (VfioDevice device = machine.Open())
        {
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapDma), Errno.ENOMEM, 1);
            machine.Kernel.Faults.FailNext(nameof(IVfioKernel.UnmapDma), Errno.EIO);
            await Assert.ThrowsAsync<VfioException>(() => device.Dma.AllocateLargeAsync(Length));
            Assert.Single(machine.Kernel.Memory);
            Assert.Equal(1, device.Dma.MappingCount);

            // What is left can be undone, once the kernel does so again.
            device.Dma.UnmapAll();
            Assert.Empty(machine.Kernel.Memory);
        }
    }

    [Fact]
    public async Task It_can_be_stopped_at_any_time()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        using var before = new CancellationTokenSource();
        await before.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => device.Dma.AllocateLargeAsync(Length, cancellationToken: before.Token));
        Assert.Equal(0, machine.Kernel.Faults.Count(nameof(IVfioKernel.Advise)));

        using var populating = new CancellationTokenSource();
        machine.Kernel.AfterPopulate = populating.Cancel;
        OperationCanceledException stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => device.Dma.AllocateLargeAsync(Length, cancellationToken: populating.Token));
        Assert.Equal(populating.Token, stopped.CancellationToken);
        machine.Kernel.AfterPopulate = null;
        AssertNothing(machine, device);

        using var mapping = new CancellationTokenSource();
        var listener = new Listener(progress =>
        {
            if (progress is { Stage: DmaStage.Populating, Done: Length })
            {
                mapping.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => device.Dma.AllocateLargeAsync(Length, null, listener, mapping.Token));
        AssertNothing(machine, device);
    }

    [Theory]
    [InlineData(DmaStage.Populating)]
    [InlineData(DmaStage.Mapping)]
    public async Task A_listener_that_throws_leaves_nothing_behind(DmaStage stage)
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        var listener = new Listener(progress =>
        {
            if (progress.Stage == stage)
            {
                throw new InvalidTimeZoneException();
            }
        });
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => device.Dma.AllocateLargeAsync(Length, null, listener, Token));
        AssertNothing(machine, device);
    }

    [Fact]
    public async Task Kernels_without_the_advice_get_their_pages_touched()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.Advise), Errno.EINVAL, skip: 1);
        using DmaBuffer buffer = await device.Dma.AllocateLargeAsync(MiB, new() { PopulationThreads = 1 }, cancellationToken: Token);
        Assert.Equal(-1, buffer.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public async Task Wrong_numbers_are_refused()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => device.Dma.AllocateLargeAsync(0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => device.Dma.AllocateLargeAsync(MiB, new() { PopulationThreads = -1 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => device.Dma.AllocateLargeAsync(MiB, new() { AddressBits = 3 }));
        AssertNothing(machine, device);
    }

    private static void AssertNothing(FakeMachine machine, VfioDevice device)
    {
        Assert.Empty(machine.Kernel.Memory);
        Assert.Equal(0, device.Dma.MappingCount);
        Assert.Empty(machine.Kernel.Violations);
    }

    // At once and on the caller's thread, unlike Progress<T>.
    private sealed class Listener(Action<DmaProgress> listen) : IProgress<DmaProgress>
    {
        public void Report(DmaProgress value) => listen(value);
    }
}
