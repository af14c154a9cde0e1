using System.Diagnostics.CodeAnalysis;

namespace Vfio.Core;

/// <summary>
/// The life of an open device: when the kernel wants it back (<c>VFIO_PCI_REQ_IRQ_INDEX</c>), how long its user has to dispose it, and when
/// it was released.
/// </summary>
/// <remarks>
/// Thread-safe. Callbacks that are registered with the tokens run on the thread pool, one after another; whatever they do, the time
/// goes on, and nothing waits for them.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Sources of tokens that have no timer and no wait handle hold nothing; callers may keep the tokens.")]
public sealed class DeviceLifetime
{
    private readonly CancellationTokenSource _removalRequested = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Lock _gate = new();
    private readonly Action _release;
    private readonly ManualResetEventSlim _ended = new();
    private DateTimeOffset? _requestedAt;
    private volatile DeviceState _state;

    internal DeviceLifetime(TimeSpan gracePeriod, bool isWatched, Action release)
    {
        GracePeriod = gracePeriod;
        IsWatched = isWatched;
        _release = release;
    }

    /// <summary>Where the device is in its life. It never goes back.</summary>
    public DeviceState State => _state;

    /// <summary>
    /// Whether the kernel tells this object when it wants the device back. Not so for a device that has no such interrupt, such as most
    /// mediated ones, and for one that another process had opened already: that one is told.
    /// </summary>
    public bool IsWatched { get; }

    /// <summary>How long after the request the device is released, unless its user disposes it before (<see cref="VfioDeviceOptions.RemovalGracePeriod"/>).</summary>
    public TimeSpan GracePeriod { get; }

    /// <summary>When the kernel first wanted the device back; null if it has not.</summary>
    public DateTimeOffset? RemovalRequestedAt
    {
        get
        {
            lock (_gate)
            {
                return _requestedAt;
            }
        }
    }

    /// <summary>Cancelled when the kernel wants the device back. Dispose the device then, within <see cref="GracePeriod"/>.</summary>
    public CancellationToken RemovalRequested => _removalRequested.Token;

    /// <summary>Cancelled when the device has been closed: by <see cref="VfioDevice.Dispose"/>, or by the library after the grace period.</summary>
    public CancellationToken Released => _released.Token;

    /// <summary>Whether the library has released the device, and its user has not disposed it yet.</summary>
    internal bool IsGone => _state == DeviceState.Gone;

    /// <summary>Learns that the kernel wants the device back. It may say so more than once; the first time counts.</summary>
    internal void RequestRemoval()
    {
        lock (_gate)
        {
            if (_state != DeviceState.Running)
            {
                return;
            }

            _state = DeviceState.RemovalRequested;
            _requestedAt = DateTimeOffset.UtcNow;
        }

        // The token first, so that nobody sees a release without a request. Callbacks run elsewhere.
        _ = _removalRequested.CancelAsync();
        if (GracePeriod != Timeout.InfiniteTimeSpan)
        {
            // A thread of its own: the pool's may all be busy with callbacks that wait for something.
            new Thread(ReleaseAfterGrace) { IsBackground = true, Name = "Vfio release" }.Start();
        }
    }

    /// <summary>Begins the end: from here on operations are refused. A device that is gone can still be disposed.</summary>
    internal void End(DeviceState state)
    {
        lock (_gate)
        {
            if (state > _state)
            {
                _state = state;
            }
        }

        _ended.Set();
    }

    /// <summary>Notes that the device is closed.</summary>
    internal void MarkReleased() => _ = _released.CancelAsync();

    private void ReleaseAfterGrace()
    {
        if (!_ended.Wait(GracePeriod))
        {
            _release();
        }
    }
}
