using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>An NVMe controller, from its reset to its shutdown (NVM Express 1.4, 3.1 and 7.6).</summary>
/// <remarks>
/// <para>Thread-safe: admin commands take a lock. I/O goes through queues, which belong to a thread each: <see cref="CreateQueue"/>.</para>
/// <para>When the controller fails, or a command does not end in time, it is disabled and enabled again, or else the function is reset.
/// No command is then reported as done that the controller had not completed. If neither helps, the controller is kept from memory and the state is
/// <see cref="ControllerState.Failed"/> or <see cref="ControllerState.Removed"/>.</para>
/// </remarks>
public sealed partial class NvmeController : IDisposable
{
    private readonly NvmeControllerOptions _options;
    private readonly Lock _gate = new();
    private readonly ControllerRegisters _registers;
    private readonly AdminQueue _admin;
    private readonly IReadOnlyList<INvmeInterrupt> _interrupts = [];
    private readonly ShadowDoorbells? _shadows;
    private NvmeNamespace[] _namespaces = [];
    private volatile IoQueuePair[] _queues = []; // changed as a whole, with the lock; read without
    private volatile ControllerState _state;
    private volatile int _generation;

    private NvmeController(INvmeFunction function, NvmeControllerOptions options)
    {
        Function = function;
        _options = options;
        _registers = new ControllerRegisters(function.Name, function.Registers);
        Capabilities = new ControllerCapabilities(_registers.Read64(NvmeRegister.Capabilities));
        RequireDrivable();
        _admin = new AdminQueue(function, _registers, options.Clock, Capabilities.DoorbellStride);
        try
        {
            Enable(_generation);
            Identity = ReadIdentity();
            MaxTransfer = TransferLimit();
            MaxQueues = NegotiateQueues();
            if (options.ShadowDoorbells && Identity.AdminCommands.HasFlag(AdminCommandSupport.DoorbellBufferConfig))
            {
                _shadows = new ShadowDoorbells(function);
            }

            FinishEnable();
            if (options.Interrupts && function.VectorCount > 1)
            {
                _interrupts = function.EnableInterrupts(Math.Min(function.VectorCount, MaxQueues + 1));
            }

            _namespaces = ReadNamespaces();
            _state = ControllerState.Ready;
        }
        catch
        {
            function.StopDma();
            _shadows?.Dispose();
            _admin.Dispose();
            throw;
        }
    }

    /// <summary>The name of the device.</summary>
    public string Name => Function.Name;

    /// <summary>The function that it is.</summary>
    public INvmeFunction Function { get; }

    /// <summary>What can be done with it.</summary>
    public ControllerState State => _state;

    /// <summary>What it can do, by its register.</summary>
    public ControllerCapabilities Capabilities { get; }

    /// <summary>What it says of itself.</summary>
    public IdentifyController Identity { get; }

    /// <summary>The active namespaces, as they were when the controller was opened or last formatted.</summary>
    public IReadOnlyList<NvmeNamespace> Namespaces => Volatile.Read(ref _namespaces);

    /// <summary>The most data of one command in bytes.</summary>
    public int MaxTransfer { get; }

    /// <summary>How many I/O queue pairs there may be.</summary>
    public int MaxQueues { get; }

    /// <summary>Whether shadow doorbells are in use.</summary>
    public bool HasShadowDoorbells => _shadows is not null;

    internal INvmeClock Clock => _options.Clock;

    internal TimeSpan CommandTimeout => _options.CommandTimeout;

    /// <summary>Counts on whenever the controller is disabled: queues of an earlier generation are gone.</summary>
    internal int Generation => _generation;

    /// <summary>Opens a controller: resets it, enables it and asks what it is.</summary>
    /// <param name="function">The function. It belongs to the controller from here on, also when this fails.</param>
    /// <param name="options">How it is driven; null for the defaults.</param>
    /// <returns>The controller. The caller disposes it.</returns>
    /// <exception cref="NvmeException">The controller could not be brought up, or this driver cannot drive it.</exception>
    /// <exception cref="VfioException">The kernel refused memory or interrupts.</exception>
    public static NvmeController Open(INvmeFunction function, NvmeControllerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        try
        {
            return new NvmeController(function, Check(options ?? new NvmeControllerOptions()));
        }
        catch
        {
            function.Dispose();
            throw;
        }
    }

    /// <summary>Makes an I/O queue pair.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The queue, for one thread. The caller disposes it.</returns>
    /// <exception cref="NvmeException">There are <see cref="MaxQueues"/> already, no vector is left to interrupt, or the controller refused.</exception>
    /// <exception cref="VfioException">There is no memory for it.</exception>
    public IoQueuePair CreateQueue(IoQueuePairOptions? options = null)
    {
        options ??= new IoQueuePairOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Depth, nameof(options));
        lock (_gate)
        {
            RequireUsable("Create I/O Submission Queue");
            int id = 1;
            while (Array.Exists(_queues, queue => queue.Id == id))
            {
                id++;
            }

            if (id > MaxQueues)
            {
                throw NvmeErrors.NotSupported(Name, "Create I/O Submission Queue", $"all {MaxQueues} queues are in use");
            }

            INvmeInterrupt? interrupt = options.Wait == WaitMode.Poll ? null
                : id < _interrupts.Count ? _interrupts[id]
                : throw NvmeErrors.NotSupported(
                    Name, "Create I/O Completion Queue", $"there are {_interrupts.Count} interrupt vectors enabled, and queue {id} would need one more");
            var queue = new IoQueuePair(this, id, Math.Min(options.Depth, Capabilities.MaxQueueEntries - 1), options.Wait, interrupt);
            _queues = [.. _queues, queue];
            try
            {
                Create(queue);
                if (interrupt is not null)
                {
                    _watch ??= new SleepWatch(this);
                }

                return queue;
            }
            catch
            {
                queue.Dispose();
                throw;
            }
        }
    }

    /// <summary>Shuts the controller down in order, so that it loses nothing with its power: deletes the queues and waits for the end (CC.SHN).</summary>
    /// <remarks>Commands that are in flight are reported as <see cref="NvmeStatus.AbortedByHost"/>, unless they had ended before.</remarks>
    /// <exception cref="NvmeException">It did not end in time.</exception>
    public void Shutdown()
    {
        lock (_gate)
        {
            if (_state == ControllerState.Ready)
            {
                DeleteAll();

                // Whoever waits for the admin queue would wait in vain.
                _admin.Break(_generation, NvmeErrors.NotUsable(Name, "CC.SHN = 01b", ControllerState.ShutDown, why: null));
                try
                {
                    ShutDownRegisters();
                    _state = ControllerState.ShutDown;
                }
                catch (NvmeException)
                {
                    _state = ControllerState.Failed;
                    throw;
                }
                finally
                {
                    Function.StopDma();
                    NextGeneration();
                }
            }
        }
    }

    /// <summary>Shuts the controller down, if it can be, and closes the function. Queues are disposed by their owners, before or after.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_state == ControllerState.Disposed)
            {
                return;
            }

            try
            {
                Shutdown();
            }
            catch (NvmeException)
            {
                // It is closed all the same, and the function is reset with it.
            }

            _state = ControllerState.Disposed;
            _watch?.Dispose();
            NextGeneration();
            Function.StopDma();
            _shadows?.Dispose();
            _admin.Dispose();
            Function.Dispose();
        }
    }

    internal QueueDoorbell SubmissionDoorbell(int id) => Doorbell(NvmeRegister.SubmissionDoorbell(id, Capabilities.DoorbellStride));

    internal QueueDoorbell CompletionDoorbell(int id) => Doorbell(NvmeRegister.CompletionDoorbell(id, Capabilities.DoorbellStride));

    /// <summary>Throws if the controller takes no commands any more. Where it is just being brought back, waits for that.</summary>
    internal void RequireUsable(string step)
    {
        ControllerState state = _state;
        if (state == ControllerState.Disabled)
        {
            lock (_gate)
            {
                state = _state;
            }
        }

        ObjectDisposedException.ThrowIf(state == ControllerState.Disposed, this);
        if (state != ControllerState.Ready)
        {
            throw NvmeErrors.NotUsable(Name, step, state, _failure);
        }
    }

    private static NvmeControllerOptions Check(NvmeControllerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Queues, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTransfer, TransferLists.PageSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.AdminTimeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.CommandTimeout, TimeSpan.Zero, nameof(options));
        return options;
    }

    private QueueDoorbell Doorbell(long offset)
    {
        Doorbell register = _registers.Doorbell(offset);
        return _shadows?.Of(register, offset) ?? new QueueDoorbell(register, 0, 0);
    }

    private void NextGeneration()
    {
        _generation = unchecked(_generation + 1);
        NudgeSleepers();
    }
}
