namespace Vfio.Nvme.Tests.Model;

/// <summary>A vector, as an eventfd would be: triggers that nobody has taken yet are one.</summary>
internal sealed class ModelInterrupt : INvmeInterrupt, IDisposable
{
    private readonly SemaphoreSlim _pending = new(0);
    private int _triggers;
    private volatile bool _disposed;

    /// <summary>How often it was triggered.</summary>
    public int Triggers => Volatile.Read(ref _triggers);

    public void Trigger()
    {
        Interlocked.Increment(ref _triggers);
        Wake();
    }

    public void Wait()
    {
        _pending.Wait();
        Taken();
    }

    public async ValueTask WaitAsync()
    {
        await _pending.WaitAsync();
        Taken();
    }

    public void Wake()
    {
        lock (_pending)
        {
            if (_pending.CurrentCount == 0)
            {
                _pending.Release();
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Wake();
    }

    private void Taken()
    {
        if (_disposed)
        {
            Wake();
            throw new ObjectDisposedException(nameof(ModelInterrupt));
        }
    }
}
