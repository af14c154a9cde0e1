using System.Runtime.CompilerServices;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>Page faults of the mock device.</summary>
public sealed class FaultQueueTests : IDisposable
{
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(30);
    private static readonly Iova _address = new(0x1234_5000);

    private readonly AddressSpace _space;
    private readonly MockDevice _mock;
    private readonly FaultQueue _queue;
    private readonly HardwarePageTable _table;
    private readonly PageFault[] _faults = new PageFault[8];

    public FaultQueueTests()
    {
        Mode.RequireIommufd();
        _space = AddressSpace.Create();
        _mock = new MockDevice(_space);
        _queue = _space.AllocateFaultQueue();
        _table = _mock.AllocateTable(new HardwarePageTableOptions { FaultQueue = _queue });
        _mock.MoveTo(_table);
    }

    public void Dispose()
    {
        _queue.Dispose();
        _table.Dispose();
        _mock.Dispose();
        _space.Dispose();
    }

    [Fact]
    public void A_fault_is_the_kernels_structure() => Assert.Equal(Unsafe.SizeOf<iommu_hwpt_pgfault>(), Unsafe.SizeOf<PageFault>());

    [Fact]
    public async Task A_fault_is_awaited_and_answered_once()
    {
        ValueTask<int> read = _queue.ReadAsync(_faults);
        Assert.False(read.IsCompleted);
        _mock.Fault(_address, PageFaultAccess.Read | PageFaultAccess.Write, group: 17);

        Assert.Equal(1, await read);
        PageFault fault = _faults[0];
        Assert.Equal(_address, fault.Address);
        Assert.Equal(PageFaultAccess.Read | PageFaultAccess.Write, fault.Access);
        Assert.Equal(17u, fault.Group);
        Assert.True(fault.IsLastOfGroup);
        Assert.Null(fault.Pasid);
        Assert.Equal(_mock.Id, fault.DeviceId);

        _queue.Respond(fault, PageResponse.Success);
        VfioException again = Assert.Throws<VfioException>(() => _queue.Respond(fault, PageResponse.Success));
        Assert.Equal(VfioErrorKind.NoSuchObject, again.Kind);
    }

    [Fact]
    public void Several_faults_are_read_in_their_order_and_answered_in_any()
    {
        for (uint group = 0; group < 3; group++)
        {
            _mock.Fault(_address + (group * 4096), PageFaultAccess.Write, group);
        }

        int count = 0;
        while (count < 3)
        {
            count += _queue.Read(_faults.AsSpan(count), _long);
        }

        Assert.Equal([0u, 1u, 2u], _faults.Take(3).Select(static fault => fault.Group));
        Assert.Equal(3, _faults.Take(3).Select(static fault => fault.Cookie).Distinct().Count());
        foreach (PageFault fault in _faults.Take(3).Reverse())
        {
            _queue.Respond(fault.Cookie, PageResponse.Invalid);
        }
    }

    [Fact]
    public void An_empty_queue_has_nothing_and_does_not_wait()
    {
        Assert.False(_queue.TryRead(_faults, out int count));
        Assert.Equal(0, count);
        Assert.False(_queue.TryRead(_faults, TimeSpan.FromMilliseconds(20), out _));
        Assert.Throws<TimeoutException>(() => _queue.Read(_faults, TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => _queue.TryRead([], out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => _queue.Respond(1, (PageResponse)2));
    }

    [Fact]
    public async Task A_blocking_read_wakes_for_a_fault()
    {
        Task<int> read = Task.Run(() => _queue.Read(_faults, _long));
        await Task.Delay(50);
        _mock.Fault(_address, PageFaultAccess.Execute | PageFaultAccess.Privileged, group: 1);

        Assert.Equal(1, await read);
        Assert.Equal(PageFaultAccess.Execute | PageFaultAccess.Privileged, _faults[0].Access);
        _queue.Respond(_faults[0], PageResponse.Invalid);
    }

    [Fact]
    public async Task A_cancelled_read_loses_no_fault()
    {
        using var source = new CancellationTokenSource();
        ValueTask<int> read = _queue.ReadAsync(_faults, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);

        _mock.Fault(_address, PageFaultAccess.Read, group: 5);
        Assert.Equal(1, await _queue.ReadAsync(_faults));
        Assert.Equal(5u, _faults[0].Group);
        _queue.Respond(_faults[0], PageResponse.Success);
    }

    [Fact]
    public async Task One_await_at_a_time()
    {
        ValueTask<int> read = _queue.ReadAsync(_faults);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _queue.ReadAsync(_faults));

        _mock.Fault(_address, PageFaultAccess.Read, group: 1);
        Assert.Equal(1, await read);
    }

    [Fact]
    public async Task Disposing_ends_reads_that_wait()
    {
        ValueTask<int> read = _queue.ReadAsync(_faults);
        Task<int>[] blocked = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() => _queue.Read(new PageFault[1], Timeout.InfiniteTimeSpan)))];
        await Task.Delay(100);

        _queue.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await read);
        foreach (Task<int> task in blocked)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => task.WaitAsync(_long));
        }

        Assert.Throws<ObjectDisposedException>(() => _queue.TryRead(_faults, out _));
        Assert.Throws<ObjectDisposedException>(() => _queue.Respond(1, PageResponse.Success));
    }

    [Fact]
    public void The_kernel_answers_for_a_device_that_leaves()
    {
        _mock.Fault(_address, PageFaultAccess.Read, group: 1);
        Assert.Equal(1, _queue.Read(_faults, _long));

        _mock.MoveTo(_space);

        VfioException late = Assert.Throws<VfioException>(() => _queue.Respond(_faults[0], PageResponse.Success));
        Assert.Equal(VfioErrorKind.NoSuchObject, late.Kind);
    }

    [Fact]
    public void A_queue_goes_after_its_page_table_whatever_is_disposed_first()
    {
        using AddressSpace keeper = AddressSpace.Create();
        uint queue = IommufdObjects.Id(_queue);
        uint table = MockDevice.TableId(_table);
        uint space = IommufdObjects.Id(_space);
        _mock.Fault(_address, PageFaultAccess.Read, group: 1);

        // Waits leave sets of the kernel's behind that know the queue.
        Assert.Equal(1, _queue.Read(_faults, _long));
        Assert.False(_queue.TryRead(_faults, TimeSpan.FromMilliseconds(1), out _));

        _queue.Dispose();
        IommufdObjects.AssertInUse(keeper, queue);
        _space.Dispose();
        _table.Dispose();
        IommufdObjects.AssertInUse(keeper, table);

        _mock.Dispose();
        IommufdObjects.AssertGone(keeper, table);
        IommufdObjects.AssertGone(keeper, queue);
        IommufdObjects.AssertGone(keeper, space);
    }

    [Fact]
    public void A_queue_that_outlives_everything_keeps_only_itself()
    {
        using AddressSpace keeper = AddressSpace.Create();
        uint queue = IommufdObjects.Id(_queue);
        uint table = MockDevice.TableId(_table);
        _mock.Dispose();
        _table.Dispose();
        _space.Dispose();
        IommufdObjects.AssertGone(keeper, table);
        IommufdObjects.AssertInUse(keeper, queue);

        Assert.False(_queue.TryRead(_faults, out _));
        _queue.Dispose();
        IommufdObjects.AssertGone(keeper, queue);
    }
}
