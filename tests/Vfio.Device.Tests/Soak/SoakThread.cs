using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Soak;

/// <summary>One of the threads: random commands, from a table for each phase.</summary>
internal sealed class SoakThread : IDisposable
{
    private static readonly SoakCommand[] _everything =
    [
        .. Times(SoakCommand.MapStreaming, 12),
        .. Times(SoakCommand.MapChosen, 6),
        .. Times(SoakCommand.MapObject, 5),
        .. Times(SoakCommand.AllocateBuffer, 3),
        .. Times(SoakCommand.Unmap, 20),
        .. Times(SoakCommand.UnmapTwice, 3),
        .. Times(SoakCommand.DisposeTwice, 3),
        .. Times(SoakCommand.FindIova, 10),
        .. Times(SoakCommand.FindAddress, 10),
        .. Times(SoakCommand.Rent, 13),
        .. Times(SoakCommand.Return, 10),
        .. Times(SoakCommand.ReturnTwice, 2),
        .. Times(SoakCommand.FindBlock, 6),
    ];

    private static readonly SoakCommand[] _hotPath =
    [
        .. Times(SoakCommand.MapStreaming, 20),
        .. Times(SoakCommand.Unmap, 18),
        .. Times(SoakCommand.DisposeTwice, 4),
        .. Times(SoakCommand.FindIova, 12),
        .. Times(SoakCommand.FindAddress, 12),
        .. Times(SoakCommand.Rent, 15),
        .. Times(SoakCommand.Return, 12),
        .. Times(SoakCommand.FindBlock, 6),
    ];

    private const int CommandsPerCopy = 16;
    private const long ArenaLength = 4 << 20;

    private readonly Random _random;
    private readonly Edu? _edu;
    private readonly MemoryHandle _arena = MemoryHandle.Allocate(LinuxKernel.Instance, ArenaLength, DmaPageSize.Base);
    private readonly LiveMemories _live;
    private readonly SoakMappings _mappings;
    private readonly SoakLookups _lookups;
    private readonly SoakBlocks _blocks;
    private volatile bool _aboutToWait;

    /// <param name="number">The number of the thread.</param>
    /// <param name="seed">What its random numbers come from.</param>
    /// <param name="space">The address space.</param>
    /// <param name="claims">Who has which address.</param>
    /// <param name="pools">The pools.</param>
    /// <param name="edu">The device, for the one thread that has it copy.</param>
    public SoakThread(int number, int seed, AddressSpace space, IovaClaims claims, SoakPool[] pools, Edu? edu)
    {
        _random = new Random(seed);
        _edu = edu;
        _live = new LiveMemories(_random);
        _mappings = new SoakMappings(number, space, claims, _arena, _live, _random, Counts);
        _lookups = new SoakLookups(space, _arena, _live, _random, Counts);
        _blocks = new SoakBlocks(number, space, pools, _random, Counts);
    }

    /// <summary>How many mappings it has.</summary>
    public int LiveCount => _live.Count;

    public SoakCounts Counts { get; } = new();

    /// <summary>Whether the device's slowness sets its pace, so that others need not wait for it.</summary>
    public bool IsSlow => _edu is not null;

    /// <summary>Whether it has come as far as <see cref="SoakPhase.Contention"/>.</summary>
    public bool IsAboutToWait => _aboutToWait;

    /// <summary>The bytes that the last phase has allocated.</summary>
    public SoakCounts Allocations { get; } = new();

    public void Dispose() => _arena.Dispose();

    /// <summary>Does a phase: commands, as long as it is told to.</summary>
    public void Run(SoakPhase phase, Func<int, bool> goesOn)
    {
        switch (phase)
        {
            case SoakPhase.Contention:
                _aboutToWait = true;
                _mappings.Contend();
                break;
            case SoakPhase.End:
                _mappings.UnmapAll();
                _blocks.ReturnAll();
                break;
            default:
                DoCommands(phase, goesOn);
                break;
        }
    }

    private static SoakCommand[] Times(SoakCommand command, int count) => [.. Enumerable.Repeat(command, count)];

    private void DoCommands(SoakPhase phase, Func<int, bool> goesOn)
    {
        SoakCommand[] commands = phase == SoakPhase.HotPath ? _hotPath : _everything;
        Allocations.Clear();
        for (int i = 0; goesOn(i); i++)
        {
            Measure(commands[_random.Next(commands.Length)]);
            if (_edu is not null && _random.Next(CommandsPerCopy) == 0)
            {
                Measure(SoakCommand.Copy);
            }
        }
    }

    private void Measure(SoakCommand command)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Do(command);
        Allocations.Add(command, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Do(SoakCommand command)
    {
        switch (command)
        {
            case SoakCommand.MapStreaming:
                _mappings.MapStreaming();
                break;
            case SoakCommand.MapChosen:
                _mappings.MapChosen();
                break;
            case SoakCommand.MapObject:
                _mappings.MapObject();
                break;
            case SoakCommand.AllocateBuffer:
                _mappings.AllocateBuffer();
                break;
            case SoakCommand.Unmap:
                _mappings.Unmap();
                break;
            case SoakCommand.UnmapTwice:
                _mappings.UnmapTwice();
                break;
            case SoakCommand.DisposeTwice:
                _mappings.DisposeTwice();
                break;
            case SoakCommand.FindIova:
                _lookups.FindIova();
                break;
            case SoakCommand.FindAddress:
                _lookups.FindAddress();
                break;
            case SoakCommand.Rent:
                _blocks.Rent();
                break;
            case SoakCommand.Return:
                _blocks.Return();
                break;
            case SoakCommand.ReturnTwice:
                _blocks.ReturnTwice();
                break;
            case SoakCommand.FindBlock:
                _blocks.Find();
                break;
            case SoakCommand.Copy:
                _lookups.Copy(_edu!);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command, "Nobody draws it.");
        }
    }
}
