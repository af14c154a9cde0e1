namespace Vfio.FloorComparison;

/// <summary>A thread that does some work whenever this one does some, and spins between, so that both begin at once.</summary>
internal sealed class SecondThread : IDisposable
{
    private readonly Action _work;
    private readonly Thread _thread;
    private int _asked;
    private int _done;
    private volatile bool _ends;

    public SecondThread(Action work)
    {
        _work = work;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Does this thread's work while the other does its own, and waits for both.</summary>
    public void RunWith(Action work)
    {
        Volatile.Write(ref _asked, _asked + 1);
        work();
        while (Volatile.Read(ref _done) != _asked)
        {
            Thread.SpinWait(1);
        }
    }

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_ends)
        {
            if (_done != Volatile.Read(ref _asked))
            {
                _work();
                Volatile.Write(ref _done, _done + 1);
            }
        }
    }
}
