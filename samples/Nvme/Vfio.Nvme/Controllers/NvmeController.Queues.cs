namespace Vfio.Nvme;

/// <content>Creation and deletion of I/O queues (NVM Express 1.4, 5.3 to 5.6), and Abort (5.1).</content>
public sealed partial class NvmeController
{
    private const uint Contiguous = 1;
    private const uint InterruptsEnabled = 2;

    /// <summary>Makes a queue on the controller, for the first time or again after a reset.</summary>
    internal void Create(IoQueuePair queue)
    {
        lock (_gate)
        {
            int generation = _generation;
            uint id = (uint)queue.Id;
            uint interrupts = queue.Wait == WaitMode.Poll ? 0 : (id << 16) | InterruptsEnabled;
            Admin(
                new SubmissionEntry
                {
                    Command = (uint)AdminOpcode.CreateCompletionQueue,
                    Data1 = queue.CompletionBase,
                    Dwords10And11 = SubmissionEntry.Dwords(Size(queue.CompletionEntries) | id, interrupts | Contiguous),
                },
                "Create I/O Completion Queue");
            try
            {
                Admin(
                    new SubmissionEntry
                    {
                        Command = (uint)AdminOpcode.CreateSubmissionQueue,
                        Data1 = queue.SubmissionBase,
                        Dwords10And11 = SubmissionEntry.Dwords(Size(queue.Entries) | id, (id << 16) | Contiguous),
                    },
                    "Create I/O Submission Queue");
            }
            catch (NvmeException error) when (error.Kind == NvmeErrorKind.CommandFailed)
            {
                TryDelete(AdminOpcode.DeleteCompletionQueue, queue.Id);
                throw;
            }

            queue.Created(generation);
        }
    }

    /// <summary>Takes a queue from the controller. Where that cannot be done, the controller is reset: its memory goes next.</summary>
    internal void Delete(IoQueuePair queue)
    {
        lock (_gate)
        {
            _queues = Array.FindAll(_queues, other => other != queue);
            if (_state == ControllerState.Ready && queue.IsOf(_generation) && !TryDeleteBoth(queue))
            {
                Recover(_generation, NvmeErrors.Protocol(Name, "Delete I/O Submission Queue", $"queue {queue.Id} could not be deleted"));
            }
        }
    }

    /// <summary>Asks the controller to abort a command, which may end it, now or later, or not at all.</summary>
    /// <returns>Whether the controller took the request.</returns>
    internal bool TryAbort(IoQueuePair queue, int generation, ushort command)
    {
        try
        {
            TimeSpan limit = _options.AdminTimeout < _options.CommandTimeout ? _options.AdminTimeout : _options.CommandTimeout;
            return _admin.Execute(
                generation,
                new SubmissionEntry { Command = (uint)AdminOpcode.Abort, Dwords10And11 = (uint)queue.Id | ((uint)command << 16) },
                "Abort",
                limit).IsSuccess;
        }
        catch (NvmeException)
        {
            return false;
        }
    }

    // From zero, in the upper half.
    private static uint Size(int entries) => (uint)(entries - 1) << 16;

    private void DeleteAll()
    {
        foreach (IoQueuePair queue in _queues)
        {
            if (queue.IsOf(_generation))
            {
                TryDeleteBoth(queue);
            }
        }
    }

    private bool TryDeleteBoth(IoQueuePair queue)
        => TryDelete(AdminOpcode.DeleteSubmissionQueue, queue.Id) && TryDelete(AdminOpcode.DeleteCompletionQueue, queue.Id);

    private bool TryDelete(AdminOpcode opcode, int id)
    {
        try
        {
            return _admin.Execute(
                _generation, new SubmissionEntry { Command = (uint)opcode, Dwords10And11 = (uint)id }, opcode.ToString(), _options.AdminTimeout).IsSuccess;
        }
        catch (NvmeException)
        {
            return false;
        }
    }
}
