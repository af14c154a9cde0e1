using System.Threading.Tasks.Sources;

namespace Vfio.Core;

/// <summary>The awaitable side of one interrupt: one wait at a time, without an allocation for each.</summary>
/// <remarks>
/// A wait is pending from <see cref="WaitAsync"/> until the event, the cancellation or the disposal ends it, whichever
/// takes the pending state first under the lock. Continuations run on the thread pool, never on the loop's thread.
/// </remarks>
internal sealed class InterruptAwaiter(EventFd source, VfioHost host) : IValueTaskSource<ulong>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly EventFd _event = source;
    private EventLoop? _loop;
    private ulong _key;
    private ManualResetValueTaskSourceCore<ulong> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private bool _inUse;
    private bool _pending;
    private bool _disposed;

    public ValueTask<ulong> WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        short version;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Interrupt));
            if (_inUse)
            {
                throw new InvalidOperationException("The interrupt is being awaited already; one await at a time.");
            }

            ulong count = _event.Take();
            if (count != 0)
            {
                return new ValueTask<ulong>(count);
            }

            _inUse = true;
            _pending = true;
            _token = cancellationToken;
            _source.Reset();
            version = _source.Version;
            try
            {
                Arm();
            }
            catch
            {
                _inUse = false;
                _pending = false;
                throw;
            }
        }

        // Outside of the lock: a token that is cancelled already calls back from here.
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((InterruptAwaiter)state!).OnCancelled(token), this);
        lock (_gate)
        {
            if (_pending)
            {
                _registration = registration;
            }
            else
            {
                registration.Unregister();
            }
        }

        return new ValueTask<ulong>(this, version);
    }

    /// <summary>Called by the loop when the event was signalled after it had been armed.</summary>
    public void OnSignalled()
    {
        lock (_gate)
        {
            if (!_pending)
            {
                return;
            }

            try
            {
                ulong count = _event.Take();
                if (count == 0)
                {
                    // A blocking wait of another thread was faster.
                    Arm();
                    return;
                }

                End();
                _source.SetResult(count);
            }
            catch (Exception error) when (error is VfioException or ObjectDisposedException)
            {
                End();
                _source.SetException(error);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _loop?.Remove(_key, _event);
            if (_pending)
            {
                End();
                _source.SetException(new ObjectDisposedException(nameof(Interrupt)));
            }
        }
    }

    ulong IValueTaskSource<ulong>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            lock (_gate)
            {
                // One that is awaited twice must not end the wait that came after it.
                if (token == _source.Version)
                {
                    _inUse = false;
                }
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<ulong>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ulong>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    private void Arm()
    {
        if (_loop is null)
        {
            // Not before the first await: a driver that only blocks needs no loop, nor its thread.
            EventLoop loop = host.EventLoop;
            _key = loop.Add(_event, this);
            _loop = loop;
        }

        _loop.Arm(_key, _event);
    }

    private void OnCancelled(CancellationToken token)
    {
        lock (_gate)
        {
            // A callback of an earlier wait, which something else has ended, must not end this one.
            if (_pending && token == _token)
            {
                End();
                _source.SetException(new OperationCanceledException(token));
            }
        }
    }

    private void End()
    {
        _pending = false;
        _registration.Unregister();
        _registration = default;
        _token = default;
    }
}
