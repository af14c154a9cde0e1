using System.Diagnostics.CodeAnalysis;
using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A queue pair to await: any thread submits, and a thread of its own takes what has ended.</summary>
/// <remarks>
/// <para>Thread-safe. It costs a lock and a change of threads for each command, where an <see cref="IoQueuePair"/> costs neither; nothing is allocated
/// while there is room in the queue. Where there is none, a submission waits for it.</para>
/// <para>Each task is awaited once, which frees its place. A failed command is a <see cref="NvmeException"/> of the kind
/// <see cref="NvmeErrorKind.CommandFailed"/>; so is one that a reset ended, with <see cref="NvmeStatus.AbortedByHost"/>, of which nobody knows whether it was
/// done. A command that has been submitted cannot be taken back: cancellation ends the wait for room only.</para>
/// </remarks>
public sealed class AsyncQueuePair : IDisposable
{
    private readonly IoQueuePair _queue;
    private readonly INvmeInterrupt _interrupt;
    private readonly Lock _gate = new();
    [SuppressMessage("Usage", "CA2213", Justification = "Tasks are awaited after the end too, and it holds nothing of the system's.")]
    private readonly SemaphoreSlim _room;

    private readonly AsyncCommand[] _free;
    private readonly AsyncCommand?[] _inFlight;
    private readonly Thread _thread;
    private int _freeCount;
    private volatile bool _stop;

    private AsyncQueuePair(IoQueuePair queue, INvmeInterrupt interrupt)
    {
        _queue = queue;
        _interrupt = interrupt;
        _room = new SemaphoreSlim(queue.Depth);
        _inFlight = new AsyncCommand?[queue.Depth];
        _free = new AsyncCommand[queue.Depth];
        for (int i = 0; i < queue.Depth; i++)
        {
            _free[_freeCount++] = new AsyncCommand(this);
        }

        _thread = new Thread(TakeEnded) { IsBackground = true, Name = $"nvme queue {queue.Id}" };
        _thread.Start();
    }

    /// <summary>How many commands may be in flight.</summary>
    public int Depth => _queue.Depth;

    internal string Name => _queue.Controller.Name;

    /// <summary>Makes a queue pair, which takes an interrupt vector.</summary>
    /// <param name="controller">The controller.</param>
    /// <param name="depth">How many commands may be in flight.</param>
    /// <returns>The queue pair. The caller disposes it, before the controller.</returns>
    /// <exception cref="NvmeException">No queue or no vector is left, or the controller refused.</exception>
    /// <exception cref="VfioException">There is no memory for it.</exception>
    public static AsyncQueuePair Create(NvmeController controller, int depth = 128)
    {
        ArgumentNullException.ThrowIfNull(controller);
        IoQueuePair queue = controller.CreateQueue(new IoQueuePairOptions { Depth = depth, Wait = WaitMode.Interrupt });
        return new AsyncQueuePair(queue, queue.Interrupt!);
    }

    /// <summary>Reads blocks: see <see cref="IoQueuePair.TryRead(NvmeNamespace, ulong, uint, Iova, out ushort)"/>.</summary>
    /// <inheritdoc cref="IoQueuePair.TryRead(NvmeNamespace, ulong, uint, Iova, out ushort)"/>
    /// <param name="from">The namespace.</param>
    /// <param name="block">The first block.</param>
    /// <param name="count">How many blocks, at least one.</param>
    /// <param name="data">Where they go: memory that the controller can reach, in one piece, which stays until the task has ended.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <returns>A task that ends with the command. Await it once.</returns>
    public ValueTask ReadAsync(NvmeNamespace from, ulong block, uint count, Iova data, CancellationToken cancellationToken = default)
        => Submit(new AsyncRequest(NvmOpcode.Read, from, block, count, data), cancellationToken);

    /// <summary>Writes blocks: see <see cref="IoQueuePair.TryWrite(NvmeNamespace, ulong, uint, Iova, out ushort, bool)"/>.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask WriteAsync(NvmeNamespace to, ulong block, uint count, Iova data, CancellationToken cancellationToken = default)
        => Submit(new AsyncRequest(NvmOpcode.Write, to, block, count, data), cancellationToken);

    /// <summary>Empties the volatile write cache: see <see cref="IoQueuePair.TryFlush"/>.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask FlushAsync(NvmeNamespace what, CancellationToken cancellationToken = default)
        => Submit(new AsyncRequest(NvmOpcode.Flush, what, 0, 0, default), cancellationToken);

    /// <summary>Makes blocks zero: see <see cref="IoQueuePair.TryWriteZeroes"/>.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask WriteZeroesAsync(NvmeNamespace to, ulong block, uint count, CancellationToken cancellationToken = default)
        => Submit(new AsyncRequest(NvmOpcode.WriteZeroes, to, block, count, default), cancellationToken);

    /// <summary>Deletes the queue pair. Commands that are in flight end with <see cref="NvmeStatus.AbortedByHost"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stop)
            {
                return;
            }

            _stop = true;
            _interrupt.Wake();
        }

        _thread.Join();
        _queue.Dispose();
        lock (_gate)
        {
            for (int i = 0; i < _inFlight.Length; i++)
            {
                End(new NvmeCompletion((ushort)i, NvmeStatus.AbortedByHost, 0));
            }
        }
    }

    /// <summary>Takes a command back whose task was awaited.</summary>
    internal void Return(AsyncCommand command)
    {
        lock (_gate)
        {
            _free[_freeCount++] = command;
        }

        _room.Release();
    }

    private ValueTask Submit(in AsyncRequest request, CancellationToken cancellationToken)
        => _room.Wait(0, CancellationToken.None) ? Enter(request) : SubmitLater(request, cancellationToken);

    private async ValueTask SubmitLater(AsyncRequest request, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        await Enter(request);
    }

    private ValueTask Enter(in AsyncRequest request)
    {
        AsyncCommand? command = null;
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_stop, this);
                ushort id;
                while (!request.TrySubmit(_queue, out id))
                {
                    // There is room, so the controller was reset: what that ended must be reported first.
                    TakeSome();
                }

                command = _free[--_freeCount];
                _inFlight[id] = command;
                ValueTask task = command.Begin(request.Opcode);
                _queue.Ring();
                return task;
            }
        }
        finally
        {
            if (command is null)
            {
                _room.Release();
            }
        }
    }

    private void TakeEnded()
    {
        bool awake = true;
        while (awake && !_stop)
        {
            // Nobody is woken any more once the function is closed or gone. What is in flight then is ready to be taken.
            awake = _queue.TrySleep();
            lock (_gate)
            {
                try
                {
                    TakeSome();
                }
                catch (Exception error) when (error is NvmeException or ObjectDisposedException)
                {
                    // The controller has failed or is closed, and all commands have ended. The next submission says so.
                }
            }
        }
    }

    private void TakeSome()
    {
        var handler = new Handler(this);
        _queue.Reap(ref handler);
        _queue.BeforeSleep();
    }

    private void End(in NvmeCompletion completion)
    {
        AsyncCommand? command = _inFlight[completion.CommandId];
        _inFlight[completion.CommandId] = null;
        command?.End(completion.Status);
    }

    private readonly struct Handler(AsyncQueuePair queue) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion) => queue.End(completion);
    }
}
