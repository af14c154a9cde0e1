namespace Vfio.Nvme.Tests.Model;

/// <summary>A vector, as an eventfd would be: triggers that nobody has taken yet are one.</summary>
internal sealed class ModelInterrupt : INvmeInterrupt, IDisposable
{
    private readonly SemaphoreSlim _pending = new(0);
    private int _triggers;
    private volatile Exception? _end;

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
        if (_end is not null)
        {
            Wake();
            throw _end;
        }
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

    /// <summary>Ends all waits, from here on.</summary>
    public void End(Exception why)
    {
        _end = why;
        Wake();
    }

    public void Dispose() => End(new ObjectDisposedException(nameof(ModelInterrupt)));
}
