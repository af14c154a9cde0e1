namespace Vfio.Core;

/// <summary>Makes a large buffer in steps, which tell how far they are and can be stopped.</summary>
/// <param name="space">The address space to map it in.</param>
/// <param name="options">How it is made and mapped.</param>
/// <param name="progress">Who wants to know, or null. Told between the steps' threads and never by them, so that it holds nothing up.</param>
internal sealed class BulkAllocation(AddressSpace space, DmaBufferOptions options, IProgress<DmaProgress>? progress)
{
    private const int MostThreads = 16;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(50);

    private long _mapped;

    /// <summary>Allocates, fills in and maps; or leaves nothing behind.</summary>
    public async Task<DmaBuffer> RunAsync(long length, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        MemoryHandle memory = MemoryHandle.Allocate(space.Host.Kernel, length, options.PageSize, options.IsFile);
        try
        {
            options.Check((ulong)memory.Length, (ulong)memory.PageSize);
            var population = new Population(memory, space.Host.Kernel);
            int threads = Math.Min(options.PopulationThreads == 0 ? Environment.ProcessorCount : options.PopulationThreads, MostThreads);
            Task populate = population.RunAsync(threads, stop.Token);
            await FollowAsync(populate, DmaStage.Populating, () => population.Done, memory.Length, stop);

            Task<DmaMapping> map = Task.Factory.StartNew(
                () => Map(memory, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            try
            {
                await FollowAsync(map, DmaStage.Mapping, () => Volatile.Read(ref _mapped), memory.Length, stop);
            }
            catch when (map.IsCompletedSuccessfully)
            {
                // It was mapped, and whoever wanted to know of it threw.
                (await map).Dispose();
                throw;
            }

            return new DmaBuffer(await map, memory);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            memory.Dispose();
            throw new OperationCanceledException(cancellationToken);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private DmaMapping Map(MemoryHandle memory, CancellationToken cancellationToken) => space.MapInPieces(
        new DmaSource(memory.Address, memory, memory.File),
        (ulong)memory.Length,
        (ulong)memory.PageSize,
        options,
        mapped => Volatile.Write(ref _mapped, (long)mapped),
        cancellationToken);

    // Ends when the work has ended, whatever happens: it has the memory in its hands.
    private async Task FollowAsync(Task work, DmaStage stage, Func<long> done, long total, CancellationTokenSource stop)
    {
        try
        {
            long told = -1;
            while (progress is not null && await Task.WhenAny(work, Task.Delay(_interval)) != work)
            {
                long now = done();
                if (now != told)
                {
                    told = now;
                    progress.Report(new DmaProgress(stage, now, total));
                }
            }

            await work;
            progress?.Report(new DmaProgress(stage, total, total));
        }
        catch
        {
            await stop.CancelAsync();
            await Task.WhenAny(work);
            throw;
        }
    }
}
