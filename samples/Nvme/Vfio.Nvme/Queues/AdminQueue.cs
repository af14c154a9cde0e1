namespace Vfio.Nvme;

/// <summary>
/// The admin queue pair (NVM Express 1.4, 4.1 and 5): one command at a time, and beside it the requests that the controller answers when
/// something happens.
/// </summary>
/// <remarks>Thread-safe. What goes wrong is thrown and leaves the queue out of use, until <see cref="Restart"/> after the controller was disabled.</remarks>
internal sealed unsafe class AdminQueue : IDisposable
{
    /// <summary>The entries of either queue. Both fit in a page.</summary>
    public const int Entries = 64;

    private const int PageSize = 4096;
    private const ushort EventCommand = 0x100;
    private const int MostEventRequests = 4;
    private const int QuickLooks = 2000;

    private readonly Lock _gate = new();
    private readonly Lock _breaking = new();
    private readonly string _name;
    private readonly ControllerRegisters _registers;
    private readonly INvmeClock _clock;
    private readonly NvmeMemory _memory;
    private readonly Queue<AsyncEvent> _events = new();
    private SubmissionRing _submissions;
    private CompletionRing _completions;
    private ushort _nextCommand;
    private int _eventRequests;
    private int _generation;
    private bool _disposed;
    private volatile Exception? _broken;

    public AdminQueue(INvmeFunction function, ControllerRegisters registers, INvmeClock clock, int stride)
    {
        _name = function.Name;
        _registers = registers;
        _clock = clock;
        _memory = function.Allocate(3 * PageSize);
        long tail = NvmeRegister.SubmissionDoorbell(0, stride);
        long head = NvmeRegister.CompletionDoorbell(0, stride);

        // Never through shadows: a controller that has them looks at this queue's registers all the same.
        _submissions = new SubmissionRing(_memory.Address, Entries, new QueueDoorbell(registers.Doorbell(tail), 0, 0));
        _completions = new CompletionRing(_memory.Address + PageSize, Entries, new QueueDoorbell(registers.Doorbell(head), 0, 0));
    }

    /// <summary>ASQ.</summary>
    public ulong SubmissionBase => _memory.Iova;

    /// <summary>ACQ.</summary>
    public ulong CompletionBase => _memory.Iova + PageSize;

    /// <summary>The controller's generation that the queue is of.</summary>
    public int Generation
    {
        get
        {
            lock (_breaking)
            {
                return _generation;
            }
        }
    }

    private ulong DataBase => _memory.Iova + (2 * PageSize);

    /// <summary>Executes a command and waits for its end.</summary>
    /// <param name="generation">The controller's generation that it is meant for: whoever had to wait while the controller was reset is refused.</param>
    /// <param name="entry">The command, without its identifier. Where there is data, its data pointer is filled in.</param>
    /// <param name="step">Its name, for messages.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="data">Where what it returns is put, at most a page, or empty.</param>
    /// <exception cref="NvmeException">The command did not end in time, or the controller broke. A status is returned, whatever it is.</exception>
    public NvmeCompletion Execute(int generation, SubmissionEntry entry, string step, TimeSpan limit, Span<byte> data = default)
    {
        lock (_gate)
        {
            if (_broken is not null || generation != _generation)
            {
                throw NvmeErrors.NotUsable(_name, step, ControllerState.Disabled, _broken);
            }

            if (data.Length > 0)
            {
                _memory.AsSpan(2 * PageSize, PageSize).Clear();
                entry.Data1 = DataBase;
            }

            try
            {
                ushort command = (ushort)(_nextCommand++ & 0xff);
                Submit(entry, command);
                NvmeCompletion completion = Await(command, step, limit);
                _memory.AsSpan(2 * PageSize, data.Length).CopyTo(data);
                return completion;
            }
            catch (NvmeException error)
            {
                _broken = error;
                throw;
            }
        }
    }

    /// <summary>Lets the controller tell of events: as many requests as it takes, but not more than a few.</summary>
    public void RequestEvents(int limit)
    {
        lock (_gate)
        {
            for (; _eventRequests < Math.Min(limit, MostEventRequests); _eventRequests++)
            {
                RequestEvent(_eventRequests);
            }
        }
    }

    /// <summary>Takes an event, if the controller has told of one.</summary>
    /// <exception cref="NvmeException">The controller broke.</exception>
    public bool TryTakeEvent(out AsyncEvent taken)
    {
        lock (_gate)
        {
            while (_broken is null && !_disposed && _completions.TryTake(out uint word, out uint result))
            {
                try
                {
                    TakeEvent((ushort)word, new NvmeStatus((ushort)(word >> 17)), result);
                }
                catch (NvmeException error)
                {
                    _broken = error;
                    throw;
                }

                _completions.Ring();
            }

            return _events.TryDequeue(out taken);
        }
    }

    /// <summary>Makes a wait that is under way in another thread give up, because the controller is about to be reset.</summary>
    /// <param name="generation">The controller's generation in which it failed: the queue of a later one is well.</param>
    /// <param name="why">How it failed.</param>
    public void Break(int generation, Exception why)
    {
        // Not with the lock that the wait has.
        lock (_breaking)
        {
            if (generation == _generation)
            {
                _broken ??= why;
            }
        }
    }

    /// <summary>Starts over. The controller is disabled.</summary>
    /// <param name="generation">The controller's generation that begins with it.</param>
    public void Restart(int generation)
    {
        lock (_gate)
        {
            _submissions.Restart();
            _completions.Restart();
            _eventRequests = 0;
            lock (_breaking)
            {
                _generation = generation;
                _broken = null;
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _broken ??= new ObjectDisposedException(nameof(NvmeController));
            _memory.Dispose();
        }
    }

    private void Submit(SubmissionEntry entry, ushort command)
    {
        entry.Command |= (uint)command << 16;
        *_submissions.Next = entry;
        _submissions.Advance();
        _submissions.Ring();
    }

    private void RequestEvent(int number)
        => Submit(new SubmissionEntry { Command = (uint)AdminOpcode.AsynchronousEventRequest }, (ushort)(EventCommand + number));

    private NvmeCompletion Await(ushort command, string step, TimeSpan limit)
    {
        long end = _clock.Milliseconds + (long)limit.TotalMilliseconds;
        for (int look = 0; ; look++)
        {
            while (_completions.TryTake(out uint word, out uint result))
            {
                _completions.Ring();
                var status = new NvmeStatus((ushort)(word >> 17));
                if ((ushort)word == command)
                {
                    return new NvmeCompletion(command, status, result);
                }

                TakeEvent((ushort)word, status, result);
            }

            if (look < QuickLooks)
            {
                Thread.SpinWait(1);
                continue;
            }

            Check(step, limit, end);
            _clock.Pause();
        }
    }

    private void Check(string step, TimeSpan limit, long end)
    {
        if (_broken is { } why)
        {
            throw NvmeErrors.NotUsable(_name, step, ControllerState.Disabled, why);
        }

        ControllerStatus status = _registers.Status;
        if (status.IsGone)
        {
            throw NvmeErrors.Gone(_name, step);
        }

        if (status.IsFatal)
        {
            throw NvmeErrors.Fatal(_name, step, status);
        }

        if (!status.IsReady)
        {
            throw NvmeErrors.Protocol(_name, step, $"the controller is no longer ready ({status})");
        }

        if (_clock.Milliseconds >= end)
        {
            throw NvmeErrors.Timeout(_name, step, limit, "the controller is reset");
        }
    }

    private void TakeEvent(ushort command, NvmeStatus status, uint result)
    {
        int number = command - EventCommand;
        if (number < 0 || number >= _eventRequests)
        {
            throw NvmeErrors.Protocol(
                _name, "admin queue", $"the controller completed the command 0x{command:x}, which it was not given");
        }

        if (status.IsSuccess)
        {
            _events.Enqueue(AsyncEvent.From(result));
            RequestEvent(number);
        }
    }
}
