using System.Threading.Tasks.Sources;

namespace Vfio.Nvme;

/// <summary>What a task of an <see cref="AsyncQueuePair"/> stands on. It is used again once the task was awaited.</summary>
internal sealed class AsyncCommand(AsyncQueuePair queue) : IValueTaskSource
{
    // The thread that takes what has ended does not run what comes after it.
    private ManualResetValueTaskSourceCore<NvmeStatus> _core = new() { RunContinuationsAsynchronously = true };
    private NvmOpcode _opcode;

    /// <summary>Begins a command, in the queue's lock.</summary>
    public ValueTask Begin(NvmOpcode opcode)
    {
        _core.Reset();
        _opcode = opcode;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Ends it.</summary>
    public void End(NvmeStatus status) => _core.SetResult(status);

    public void GetResult(short token)
    {
        NvmeStatus status = _core.GetResult(token);
        NvmOpcode opcode = _opcode;
        queue.Return(this);
        if (!status.IsSuccess)
        {
            throw NvmeErrors.Failed(queue.Name, opcode.ToString(), status);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}
