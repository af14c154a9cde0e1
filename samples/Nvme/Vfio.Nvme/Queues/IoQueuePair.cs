namespace Vfio.Nvme;

/// <summary>An I/O queue pair: commands go in, and their ends come out (NVM Express 1.4, 4.1).</summary>
/// <remarks>
/// <para>It belongs to one thread at a time, and takes no lock and allocates nothing for a command. Threads that work side by side have a queue each.</para>
/// <para>A command is submitted by a method that begins with <c>Try</c>, which gives it an identifier below <see cref="Depth"/>: an index for what
/// its submitter knows of it. The controller is told with <see cref="Ring"/>, once for all commands since the last time. The end is
/// reported once by <see cref="Reap{THandler}"/> or <see cref="WaitAny{THandler}"/>; until then the data belongs to the controller.</para>
/// <para>When a controller fails or is reset, each command in flight is reported with how the controller had ended it, or else with
/// <see cref="NvmeStatus.AbortedByHost"/>, which says nothing of whether it was done. Then the queue goes on, if the controller does.</para>
/// </remarks>
public sealed partial class IoQueuePair : IDisposable
{
    private const int PageMask = TransferLists.PageSize - 1;
    private const int LeastSpare = 64;

    private readonly NvmeController _controller;
    private readonly NvmeMemory _memory;
    private readonly TransferLists _lists;
    private readonly CommandSlot[] _slots;
    private readonly ushort[] _free;
    private readonly int _maxTransfer;
    private readonly ulong _completionBase;
    private readonly uint _spare;
    private SubmissionRing _submissions;
    private CompletionRing _completions;
    private int _freeCount;
    private int _generation;
    private bool _disposed;

    internal IoQueuePair(NvmeController controller, int id, int depth, WaitMode wait, INvmeInterrupt? interrupt)
    {
        _controller = controller;
        Id = id;
        Depth = depth;
        Wait = wait;
        _interrupt = interrupt;

        // A queue is full with one entry left. The completion queue has room for more than can end, so that the controller need not be told of
        // every entry that was taken.
        Entries = depth + 1;
        CompletionEntries = Math.Min(Entries + Math.Max(depth, LeastSpare), controller.Capabilities.MaxQueueEntries);
        _spare = (uint)Math.Max(1, CompletionEntries - Entries);
        _maxTransfer = controller.MaxTransfer;
        _generation = NoGeneration;
        _slots = new CommandSlot[depth];
        _free = new ushort[depth];
        long submissions = Pages((long)Entries * SubmissionEntry.Size);
        long completions = Pages((long)CompletionEntries * CompletionEntry.Size);
        int list = TransferLists.LengthFor(_maxTransfer);
        _memory = controller.Function.Allocate(submissions + completions + ((long)depth * list));
        _completionBase = _memory.Iova + (ulong)submissions;
        _lists = new TransferLists(
            _memory.Address + (nint)(submissions + completions), _completionBase + (ulong)completions, list, _slots);
        _submissions = new SubmissionRing(_memory.Address, Entries, controller.SubmissionDoorbell(id));
        _completions = new CompletionRing(_memory.Address + (nint)submissions, CompletionEntries, controller.CompletionDoorbell(id));
        _spin = FirstSpin;
        _untilLook = PollsPerLook;
        FreeAll();
    }

    /// <summary>The queue's identifier, the same for both of the pair (QID).</summary>
    public int Id { get; }

    /// <summary>How many commands may be in flight.</summary>
    public int Depth { get; }

    /// <summary>How <see cref="WaitAny{THandler}"/> waits.</summary>
    public WaitMode Wait { get; }

    /// <summary>How many commands are in flight.</summary>
    public int InFlight => Depth - _freeCount;

    /// <summary>The controller.</summary>
    public NvmeController Controller => _controller;

    /// <summary>What the owner sleeps on; null where it polls.</summary>
    internal INvmeInterrupt? Interrupt => _interrupt;

    internal ulong SubmissionBase => _memory.Iova;

    internal ulong CompletionBase => _completionBase;

    internal int Entries { get; }

    internal int CompletionEntries { get; }

    // One that the controller is not in, nor soon.
    private int NoGeneration => unchecked(_controller.Generation - 1);

    /// <summary>Deletes the queue pair. Commands that are in flight end unreported, and their data is left alone by the controller from here on.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _controller.Delete(this);

            // Whoever uses it all the same is told so, and touches no memory that is no longer there.
            _generation = NoGeneration;
            _memory.Dispose();
        }
    }

    /// <summary>Whether the controller, in some generation, has the queue.</summary>
    internal bool IsOf(int generation) => _generation == generation;

    /// <summary>Notes that the controller has the queue.</summary>
    internal void Created(int generation) => _generation = generation;

    private static long Pages(long length) => (length + PageMask) & ~(long)PageMask;

    // The lowest identifiers first: with few commands in flight few cache lines are touched.
    private void FreeAll()
    {
        for (int i = 0; i < Depth; i++)
        {
            _free[i] = (ushort)(Depth - 1 - i);
        }

        _freeCount = Depth;
    }
}
