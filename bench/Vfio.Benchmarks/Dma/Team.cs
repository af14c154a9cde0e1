namespace Vfio.Benchmarks.Dma;

/// <summary>Threads that do the same thing at the same time, as often as they are told to.</summary>
internal sealed class Team : IDisposable
{
    private readonly Barrier _meeting;
    private readonly Thread[] _threads;
    private volatile bool _over;

    public Team(int threads, Action work)
    {
        _meeting = new Barrier(threads + 1);
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Work(work)) { IsBackground = true })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Has each of them do it once, and waits.</summary>
    public void Run()
    {
        _meeting.SignalAndWait();
        _meeting.SignalAndWait();
    }

    public void Dispose()
    {
        _over = true;
        _meeting.SignalAndWait();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _meeting.Dispose();
    }

    private void Work(Action work)
    {
        while (true)
        {
            _meeting.SignalAndWait();
            if (_over)
            {
                return;
            }

            work();
            _meeting.SignalAndWait();
        }
    }
}
