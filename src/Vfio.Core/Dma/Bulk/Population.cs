using Vfio.Native;

namespace Vfio.Core;

/// <summary>Fills in the pages of fresh memory with several threads, so that pinning them later finds them there.</summary>
/// <param name="memory">The memory, which nobody else knows yet. It stays open until the work has ended.</param>
/// <param name="kernel">The kernel.</param>
internal sealed class Population(MemoryHandle memory, IVfioKernel kernel)
{
    // Small enough for a cancellation to be seen at once, large enough for the call not to count.
    private const long LeastChunk = 32L << 20;

    private readonly long _chunk = Math.Max(LeastChunk, memory.PageSize);
    private long _next;
    private long _done;

    /// <summary>How many bytes are there.</summary>
    public long Done => Volatile.Read(ref _done);

    /// <summary>Fills everything in. Ends when all threads have ended, one way or another.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="VfioException">There is not so much memory.</exception>
    public async Task RunAsync(int threads, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        int wanted = (int)Math.Min(threads, (memory.Length + _chunk - 1) / _chunk);
        Task[] workers = new Task[wanted];
        for (int i = 0; i < wanted; i++)
        {
            // Threads of their own: the kernel holds each for seconds.
            workers[i] = Task.Factory.StartNew(
                () => Work(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        await Task.WhenAll(workers);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Work(CancellationTokenSource stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                long start = Interlocked.Add(ref _next, _chunk) - _chunk;
                if (start >= memory.Length)
                {
                    return;
                }

                long length = Math.Min(_chunk, memory.Length - start);
                Populate(memory.Address + (nint)start, length);
                Interlocked.Add(ref _done, length);
            }
        }
        catch
        {
            // The others need not go on.
            stop.Cancel();
            throw;
        }
    }

    private unsafe void Populate(nint address, long length)
    {
        int result;
        do
        {
            result = kernel.Advise(address, (nuint)length, (int)Libc.MADV_POPULATE_WRITE);
        }
        while (result is -Errno.EINTR or -Errno.EAGAIN);

        if (result == -Errno.EINVAL)
        {
            // Linux before 5.14 does not know it. The memory is fresh: a zero more changes nothing.
            for (long offset = 0; offset < length; offset += SystemPage.Size)
            {
                Volatile.Write(ref *(byte*)(address + (nint)offset), 0);
            }
        }
        else if (result < 0)
        {
            throw MemoryErrors.Populate(memory.Length, memory.PageSize, -result);
        }
    }
}
