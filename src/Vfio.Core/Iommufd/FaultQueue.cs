namespace Vfio.Core;

/// <summary>
/// The page faults of devices whose <see cref="HardwarePageTable"/> was made with it: instead of failing, an access to memory that is
/// not mapped waits until somebody has mapped it, or will not. Iommufd only, and only devices and IOMMUs that can wait (PCI PRI).
/// </summary>
/// <remarks>
/// <para>Whoever reads a fault answers its group, once: the device waits for it. What is not answered, or never read, is
/// <see cref="PageResponse.Invalid"/> when the device leaves the page table.</para>
/// <para>Thread-safe. Of several reads, each gets other faults. Blocking reads may be many; awaits are one at a time.</para>
/// <para>Disposing ends every read and closes the descriptor. The kernel's object is destroyed after the last page table that was made
/// with it; until then the faults of their devices have nobody to answer them, so move the devices away, or close them, first.</para>
/// </remarks>
public sealed class FaultQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FaultQueueHandle _queue;
    private readonly EventAwaiter<FaultRead, int> _awaiter;
    private InterruptibleWait? _wait;
    private volatile bool _disposed;

    private FaultQueue(FaultQueueHandle queue, VfioHost host)
    {
        _queue = queue;
        _awaiter = new EventAwaiter<FaultRead, int>(this, queue.Descriptor, host);
    }

    internal FaultQueueHandle Handle => _queue;

    /// <summary>Takes faults that are there, without waiting (<c>read</c>).</summary>
    /// <param name="faults">Receives whole groups, as many as fit.</param>
    /// <param name="count">How many faults were taken.</param>
    /// <returns>Whether there were any.</returns>
    /// <exception cref="ArgumentException">There is no room for any.</exception>
    /// <exception cref="VfioException">The next group does not fit, and stays in the queue; or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The queue has been disposed.</exception>
    public bool TryRead(Span<PageFault> faults, out int count)
    {
        RequireRoom(faults.Length, nameof(faults));
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _queue.TryRead(faults, out count);
    }

    /// <summary>Takes faults, and waits for them, blocking the thread (<c>read</c>).</summary>
    /// <param name="faults">Receives whole groups, as many as fit.</param>
    /// <param name="timeout">How long; zero to look only, <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="count">How many faults were taken.</param>
    /// <returns>Whether there were any in time.</returns>
    /// <exception cref="ArgumentException">There is no room for any, or the time is negative.</exception>
    /// <exception cref="VfioException">The next group does not fit, and stays in the queue; or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The queue has been disposed, before or while waiting.</exception>
    public bool TryRead(Span<PageFault> faults, TimeSpan timeout, out int count)
    {
        var deadline = new Deadline(timeout);
        while (!TryRead(faults, out count))
        {
            int milliseconds = deadline.Milliseconds;
            if (milliseconds == 0)
            {
                return false;
            }

            Wait().Poll(milliseconds);
        }

        return true;
    }

    /// <summary>Takes faults, and waits for them, blocking the thread (<c>read</c>).</summary>
    /// <param name="faults">Receives whole groups, as many as fit.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>How many faults were taken, at least one.</returns>
    /// <exception cref="TimeoutException">There were none in time.</exception>
    /// <exception cref="ArgumentException">There is no room for any, or the time is negative.</exception>
    /// <exception cref="VfioException">The next group does not fit, and stays in the queue; or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The queue has been disposed, before or while waiting.</exception>
    public int Read(Span<PageFault> faults, TimeSpan timeout)
        => TryRead(faults, timeout, out int count)
            ? count
            : throw new TimeoutException($"{_queue.Path}: no device reported a page fault within {timeout}.");

    /// <summary>Takes faults, and waits for them without holding a thread (<c>read</c>).</summary>
    /// <param name="faults">Receives whole groups, as many as fit. It is written until the wait has ended, and not later.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many faults were taken, at least one. Await it once.</returns>
    /// <exception cref="ArgumentException">There is no room for any.</exception>
    /// <exception cref="InvalidOperationException">The queue is being awaited already.</exception>
    /// <exception cref="VfioException">The next group does not fit, and stays in the queue; or the kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; no fault is lost.</exception>
    /// <exception cref="ObjectDisposedException">The queue has been disposed, before or while waiting.</exception>
    public ValueTask<int> ReadAsync(Memory<PageFault> faults, CancellationToken cancellationToken = default)
    {
        RequireRoom(faults.Length, nameof(faults));
        return _awaiter.WaitAsync(new FaultRead(_queue, faults), cancellationToken);
    }

    /// <summary>Answers a fault, and with it all of its group (<c>write</c>).</summary>
    /// <param name="fault">Any fault of the group.</param>
    /// <param name="response">What the device is told.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such answer.</exception>
    /// <exception cref="VfioException">The group was answered already, or its device has left the page table.</exception>
    /// <exception cref="ObjectDisposedException">The queue has been disposed.</exception>
    public void Respond(PageFault fault, PageResponse response) => Respond(fault.Cookie, response);

    /// <summary>Answers a group of faults (<c>write</c>).</summary>
    /// <param name="cookie">The <see cref="PageFault.Cookie"/> that its faults have.</param>
    /// <param name="response">What the device is told.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such answer.</exception>
    /// <exception cref="VfioException">The group was answered already, or its device has left the page table.</exception>
    /// <exception cref="ObjectDisposedException">The queue has been disposed.</exception>
    public void Respond(uint cookie, PageResponse response)
    {
        if (response is not (PageResponse.Success or PageResponse.Invalid))
        {
            throw new ArgumentOutOfRangeException(
                nameof(response), response, "A device is told that the memory is there, or that it will not be.");
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        _queue.Respond(cookie, response);
    }

    /// <summary>Ends every read, and closes the queue.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _awaiter.Dispose();
            _wait?.Dispose();
            _queue.Dispose();
        }
    }

    internal static FaultQueue Allocate(AddressSpace space)
    {
        IoasBackend backend = IoasBackend.Of(space, nameof(Native.IommufdUapi.IOMMU_FAULT_QUEUE_ALLOC), "handing page faults out");
        return new FaultQueue(FaultQueueHandle.Allocate(backend.Ioas.Iommufd), space.Host);
    }

    /// <summary>The kernel's object.</summary>
    /// <exception cref="ObjectDisposedException">The queue has been disposed.</exception>
    internal IommufdObject Require()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _queue.Object;
    }

    private static void RequireRoom(int length, string name)
    {
        if (length == 0)
        {
            throw new ArgumentException("There is no room for a fault.", name);
        }
    }

    // Not before the first wait: a program that only awaits needs no descriptors for it.
    private InterruptibleWait Wait()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _wait ??= new InterruptibleWait(_queue.Kernel, _queue.Descriptor);
        }
    }
}
