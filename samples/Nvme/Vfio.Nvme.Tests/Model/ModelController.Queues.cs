using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Nvme.Tests.Model;

/// <content>Commands come in and completions go out.</content>
internal sealed partial class ModelController
{
    private ulong _shadowBuffer;
    private ulong _eventBuffer;
    private bool _executing;

    /// <summary>What is done with a command; called with the model's lock held.</summary>
    public Func<ModelCommand, ModelFault>? OnCommand { get; set; }

    /// <summary>How commands end with <see cref="ModelFault.Fail"/>.</summary>
    public NvmeStatus FaultStatus { get; set; } = new(0x006);

    /// <summary>Whether it offers shadow doorbells.</summary>
    public bool HasShadows { get; init; }

    /// <summary>How many commands of I/O queues it has executed.</summary>
    public int Executed { get; private set; }

    /// <summary>Does what was held back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            ModelCommand[] held = [.. _held];
            _held.Clear();
            _firm.Clear();
            foreach (ModelCommand command in held)
            {
                Complete(command, Execute(command, out uint result), result);
            }
        }
    }

    private void ExecuteAll()
    {
        // A command may ring doorbells' worth of others; they come next, and not within it.
        if (_executing)
        {
            return;
        }

        _executing = true;
        bool any = true;
        while (any)
        {
            any = false;
            for (int id = 0; id <= QueueLimit; id++)
            {
                while (_submissions.TryGetValue(id, out ModelQueue? queue) && TryFetch(id, queue, out ModelCommand command))
                {
                    any = true;
                    Handle(command);
                }
            }
        }

        _executing = false;
    }

    private bool TryFetch(int id, ModelQueue queue, out ModelCommand command)
    {
        command = default;
        if (id > 0 && _shadowBuffer != 0)
        {
            LookAtShadows(id, queue);
        }

        if (_isGone || _silence is not null || (_status & FatalStatus) != 0 || queue.Head == queue.Tail)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[SubmissionEntry.Size];
        if (!Bus.TryAccess(queue.Address + (ulong)(queue.Head * SubmissionEntry.Size), SubmissionEntry.Size, bytes, write: false))
        {
            _status |= FatalStatus;
            return false;
        }

        queue.Head = queue.Next(queue.Head);
        command = new ModelCommand(id, MemoryMarshal.Read<SubmissionEntry>(bytes));
        return true;
    }

    // As QEMU does: the index says that it has seen all there is, so the next change wants a doorbell, unless it is seen here before.
    private void LookAtShadows(int id, ModelQueue queue)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        ulong entry = (ulong)id * 8;
        BinaryPrimitives.WriteUInt32LittleEndian(word, (uint)queue.Tail);
        Bus.TryAccess(_eventBuffer + entry, sizeof(uint), word, write: true);
        Bus.TryAccess(_shadowBuffer + entry, sizeof(uint), word, write: false);
        uint tail = BinaryPrimitives.ReadUInt32LittleEndian(word);
        queue.Tail = tail < (uint)queue.Size ? (int)tail : queue.Tail;
    }

    private void Handle(ModelCommand command)
    {
        ModelFault fault = OnCommand?.Invoke(command) ?? ModelFault.None;
        switch (fault)
        {
            case ModelFault.Hold:
            case ModelFault.HoldFirmly:
                _held.Add(command);
                if (fault == ModelFault.HoldFirmly)
                {
                    _firm.Add((command.QueueId, command.Id));
                }

                return;
            case ModelFault.Fail:
                Complete(command, FaultStatus, 0);
                return;
            case ModelFault.Fatal:
                _status |= FatalStatus;
                return;
            case ModelFault.Vanish:
                _isGone = true;
                return;
            case ModelFault.TakenAway:
                FallSilent(VfioErrorKind.DeviceGone);
                _interrupts.ForEach(interrupt => interrupt.End(_silence!));
                return;
            case ModelFault.Asleep:
                FallSilent(VfioErrorKind.DeviceUnreachable);
                return;
        }

        NvmeStatus? status = Execute(command, out uint result);
        if (fault == ModelFault.LoseCompletion)
        {
            return;
        }

        Complete(fault == ModelFault.WrongIdentifier ? Renamed(command) : command, status, result);
        if (fault == ModelFault.CompleteTwice)
        {
            Complete(command, status, result);
        }
    }

    private static ModelCommand Renamed(ModelCommand command)
        => command with { Entry = command.Entry with { Command = command.Entry.Command ^ 0x00ff_0000 } };

    private void Complete(ModelCommand command, NvmeStatus? status, uint result)
    {
        // Without a status the command stays, as requests for events do.
        if (status is null || !_submissions.TryGetValue(command.QueueId, out ModelQueue? from))
        {
            return;
        }

        ModelQueue queue = _completions[from.CompletionQueue];
        bool written = Bus.TryWriteCompletion(queue.Address + (ulong)(queue.Tail * CompletionEntry.Size), new CompletionEntry
        {
            Result = result,
            HeadAndQueue = (uint)from.Head | ((uint)command.QueueId << 16),
            CommandAndStatus = command.Id | (queue.Phase ? CompletionEntry.PhaseTag : 0) | ((uint)status.Value.Value << 17),
        });
        if (!written)
        {
            _status |= FatalStatus;
            return;
        }

        queue.Tail = queue.Next(queue.Tail);
        queue.Phase ^= queue.Tail == 0;
        if (queue.Vector >= 0 && queue.Vector < _interrupts.Count)
        {
            _interrupts[queue.Vector].Trigger();
        }
    }
}
