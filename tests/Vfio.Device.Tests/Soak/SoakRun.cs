using System.Diagnostics;
using Vfio.Core;
using Vfio.Device.Tests.Lab;

namespace Vfio.Device.Tests.Soak;

/// <summary>
/// Threads that do random things with one address space, in phases. Between two phases they stand still, and what only holds then is
/// looked at.
/// </summary>
internal sealed class SoakRun : IDisposable
{
    private const int Threads = 4;
    private const int CommandsPerPhase = 1500;
    private const int MostWarmUps = 8;
    private const int FewestRounds = 2;

    // In all rounds together, however many: when the runtime has compiled a call into the C library for the last time, it makes the library's
    // name anew, 32 bytes. A library that allocates in one command of a hundred does so in every round.
    private const int RuntimesShare = 256;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(20);

    private readonly AddressSpace _space;
    private readonly SoakPool[] _pools;
    private readonly SoakThread[] _threads;
    private readonly Barrier _meeting = new(Threads + 1);
    private readonly uint? _available;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly SoakCounts _allocations = new();
    private TimeSpan _told;
    private SoakPhase? _phase;
    private int _running;
    private Exception? _failure;

    public SoakRun(AddressSpace space, Edu edu, int seed)
    {
        _space = space;
        _available = space.GetInfo().AvailableMappings;
        var claims = new IovaClaims(Threads + 1);
        _pools =
        [
            // Fewer blocks than the threads would like, so that there are refusals.
            new SoakPool(DmaPool.Create(space, 512, 40, new() { Poison = false })),
            new SoakPool(DmaPool.Create(space, 4096, 40, new() { Poison = true, AddressBits = Edu.AddressBits })),
        ];
        foreach (SoakPool pool in _pools)
        {
            claims.Claim(Threads, pool.Pool.Buffer.Iova, pool.Pool.Buffer.Length);
        }

        _threads = [.. Enumerable.Range(0, Threads).Select(i => new SoakThread(i, unchecked(seed + i), space, claims, _pools, i == 0 ? edu : null))];
    }

    /// <summary>The rounds in which nothing should be allocated.</summary>
    public int SteadyRounds { get; private set; }

    /// <summary>The bytes that were, by the runtime.</summary>
    public long Allocated => _allocations.Total;

    public void Dispose()
    {
        foreach (SoakThread thread in _threads)
        {
            thread.Dispose();
        }

        foreach (SoakPool pool in _pools)
        {
            pool.Dispose();
        }

        _meeting.Dispose();
    }

    /// <summary>Runs until the time is over, however little was done by then, but all there is to do at least once.</summary>
    /// <returns>What was done.</returns>
    public SoakCounts Run(TimeSpan duration)
    {
        GrowBooks();
        Thread[] threads = [.. _threads.Select(thread => new Thread(() => Work(thread)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        try
        {
            Contend(threads);
            WarmUp();
            while (SteadyRounds < FewestRounds || _clock.Elapsed < duration)
            {
                Meet(SoakPhase.Everything);
                _allocations.Add(Meet(SoakPhase.HotPath));
                SteadyRounds++;
                DivergenceException.ThrowUnless(
                    _allocations.Total <= RuntimesShare,
                    $"Nothing should be allocated, and these are the bytes of {SteadyRounds} rounds: {_allocations}.");
            }

            Meet(SoakPhase.End);
        }
        finally
        {
            _phase = null;
            _meeting.SignalAndWait();
            foreach (Thread thread in threads)
            {
                thread.Join();
            }
        }

        DivergenceException.ThrowUnless(_pools.All(static pool => pool.Pool.AvailableBlocks == pool.Pool.BlockCount), "Blocks are missing from a pool.");
        return Sum(static thread => thread.Counts);
    }

    /// <summary>
    /// Makes the library's books as large as they can become: several times as many mappings as all threads can have, with a gap after each.
    /// A later round would otherwise be the first with so many, by chance.
    /// </summary>
    private void GrowBooks()
    {
        const long Spread = 2 * IovaClaims.Page;
        const int Count = 6 * Threads * LiveMemories.Capacity;
        _ = _space.TryGetIova(0, out _);
        _ = _space.TryGetAddress(default, out _);
        using MemoryHandle page = MemoryHandle.Allocate(LinuxKernel.Instance, IovaClaims.Page, DmaPageSize.Base);
        DmaMapping[] mappings =
        [
            .. Enumerable.Range(0, Count).Select(
                i => _space.DangerousMap(page.Address, page.Length, new() { Iova = new Iova((ulong)(IovaClaims.Reach + (i * Spread))) })),
        ];

        // By value, too: those have books of their own for what is undone.
        _space.DangerousMapStreaming(page.Address, page.Length).Unmap();
        foreach (DmaMapping mapping in mappings)
        {
            mapping.Unmap();
        }
    }

    /// <summary>
    /// Lets every thread wait for the lock: the runtime makes a few objects for the first such wait of each thread, which may come late by chance.
    /// </summary>
    private void Contend(Thread[] threads)
    {
        _phase = SoakPhase.Contention;
        _ = _space.WithDevices(() =>
        {
            _meeting.SignalAndWait();
            while (!_threads.All(static thread => thread.IsAboutToWait) || !threads.All(static thread => thread.ThreadState == System.Threading.ThreadState.WaitSleepJoin))
            {
                Thread.Sleep(1);
            }

            return true;
        });
        _meeting.SignalAndWait();
    }

    // Until the compiler has come to its last version of everything, it may make garbage where the last one makes none.
    private void WarmUp()
    {
        SoakCounts allocations = new();
        for (int i = 0; i < MostWarmUps; i++)
        {
            Meet(SoakPhase.Everything);
            allocations = Meet(SoakPhase.HotPath);
            if (allocations.Total == 0)
            {
                return;
            }
        }

        throw new DivergenceException($"After all of the warm-up the hot path still allocates. In bytes: {allocations}.");
    }

    /// <summary>Has the threads do a phase, and looks at what must hold after it.</summary>
    /// <returns>The bytes that they have allocated.</returns>
    private SoakCounts Meet(SoakPhase phase)
    {
        _phase = phase;
        _running = _threads.Count(static thread => !thread.IsSlow);
        _meeting.SignalAndWait();
        _meeting.SignalAndWait();
        if (_failure is not null)
        {
            throw new DivergenceException(_failure.Message, _failure);
        }

        int live = _threads.Sum(static thread => thread.LiveCount) + _pools.Length;
        DivergenceException.ThrowUnless(_space.MappingCount == live, $"{live} mappings should be live, and {_space.MappingCount} are.");
        uint? available = _space.GetInfo().AvailableMappings;
        DivergenceException.ThrowUnless(available == _available - (uint)live, $"The kernel has room for {available} more mappings, after {_available} without any and with {live} live.");
        Tell();
        return Sum(static thread => thread.Allocations);
    }

    private void Work(SoakThread thread)
    {
        while (true)
        {
            _meeting.SignalAndWait();
            if (_phase is not { } phase)
            {
                return;
            }

            try
            {
                thread.Run(phase, thread.IsSlow ? _ => Volatile.Read(ref _running) > 0 && _failure is null : i => i < CommandsPerPhase && _failure is null);
            }
#pragma warning disable CA1031 // Whatever it was, the others wait at the meeting, and the test tells of it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, error, null);
            }

            if (!thread.IsSlow)
            {
                Interlocked.Decrement(ref _running);
            }

            _meeting.SignalAndWait();
        }
    }

    private SoakCounts Sum(Func<SoakThread, SoakCounts> numbers)
    {
        var sum = new SoakCounts();
        foreach (SoakThread thread in _threads)
        {
            sum.Add(numbers(thread));
        }

        return sum;
    }

    // Whoever runs the tests takes a guest that is silent for dead.
    private void Tell()
    {
        if (_clock.Elapsed - _told > _interval)
        {
            _told = _clock.Elapsed;
            Console.Error.WriteLine($"soak: {_told.TotalSeconds:F0} s, {SteadyRounds} rounds, {Sum(static thread => thread.Counts)}");
        }
    }
}
