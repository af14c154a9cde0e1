using System.Threading.Tasks.Sources;

namespace Vfio.Core;

/// <summary>The awaitable side of one descriptor: one wait at a time, without an allocation for each.</summary>
/// <typeparam name="TTake">How a wait takes what is there.</typeparam>
/// <typeparam name="TResult">What it takes.</typeparam>
/// <param name="owner">Who has the descriptor, for messages.</param>
/// <param name="descriptor">The descriptor, which the owner keeps open until it has disposed this.</param>
/// <param name="host">The host whose loop waits.</param>
/// <param name="ended">Makes what a wait throws when the owner has ended; by default that it was disposed.</param>
/// <remarks>
/// A wait is pending from <see cref="WaitAsync"/> until the event, the cancellation or the disposal ends it, whichever
/// takes the pending state first under the lock. Continuations run on the thread pool, never on the loop's thread.
/// </remarks>
internal sealed class EventAwaiter<TTake, TResult>(object owner, int descriptor, VfioHost host, Func<Exception>? ended = null)
    : IValueTaskSource<TResult>, IEventListener, IDisposable
    where TTake : IEventTake<TResult>
{
    private readonly Lock _gate = new();
    private EventLoop? _loop;
    private ulong _key;
    private ManualResetValueTaskSourceCore<TResult> _source = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private TTake? _take;
    private bool _inUse;
    private bool _pending;
    private bool _disposed;

    /// <summary>Takes what is there, or waits until there is something to take.</summary>
    public ValueTask<TResult> WaitAsync(TTake take, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        short version;
        lock (_gate)
        {
            if (_disposed)
            {
                throw Ended();
            }

            if (_inUse)
            {
                throw new InvalidOperationException($"The {owner.GetType().Name} is being awaited already; one await at a time.");
            }

            if (take.TryTake(out TResult result))
            {
                return new ValueTask<TResult>(result);
            }

            _inUse = true;
            _pending = true;
            _token = cancellationToken;
            _take = take;
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
                _take = default;
                throw;
            }
        }

        // Outside of the lock: a token that is cancelled already calls back from here.
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((EventAwaiter<TTake, TResult>)state!).OnCancelled(token), this);
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

        return new ValueTask<TResult>(this, version);
    }

    /// <inheritdoc/>
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
                if (!_take!.TryTake(out TResult result))
                {
                    // A blocking wait of another thread was faster.
                    Arm();
                    return;
                }

                End();
                _source.SetResult(result);
            }
            catch (Exception error) when (error is VfioException or ObjectDisposedException or InvalidDataException)
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
            _loop?.Remove(_key, descriptor);
            if (_pending)
            {
                End();
                _source.SetException(Ended());
            }
        }
    }

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            lock (_gate)
            {
                // One that is awaited twice must not end the wait that came after it, nor one that is read too early itself.
                if (token == _source.Version && _source.GetStatus(token) != ValueTaskSourceStatus.Pending)
                {
                    _inUse = false;
                }
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<TResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<TResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    private Exception Ended() => ended?.Invoke() ?? new ObjectDisposedException(owner.GetType().Name);

    private void Arm()
    {
        if (_loop is null)
        {
            // Not before the first await: a driver that only blocks needs no loop, nor its thread.
            EventLoop loop = host.EventLoop;
            _key = loop.Add(descriptor, this);
            _loop = loop;
        }

        _loop.Arm(_key, descriptor);
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
        _take = default;
    }
}
