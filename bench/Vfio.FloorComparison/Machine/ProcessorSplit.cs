using System.Globalization;
using System.Runtime.InteropServices;

namespace Vfio.FloorComparison;

/// <summary>
/// Keeps this thread on the first processor and all others of the process off it, until it is disposed. Whether a wake-up goes
/// to another processor changes its cost threefold, and would be left to chance. The floor does the same.
/// </summary>
internal sealed unsafe partial class ProcessorSplit : IDisposable
{
    private const ulong First = 1;

    private readonly ulong _all;

    public ProcessorSplit()
    {
        ulong all;

        // More than 64 processors need a larger set, and one cannot be split.
        bool splits = sched_getaffinity(0, sizeof(ulong), &all) == 0 && (all & First) != 0 && all != First;
        _all = splits ? all : 0;
        Apply(First, _all & ~First);
    }

    public void Dispose() => Apply(_all, _all);

    // Threads that are started later take after the one that starts them.
    private void Apply(ulong own, ulong others)
    {
        if (_all == 0)
        {
            return;
        }

        int self = gettid();
        foreach (string folder in Directory.EnumerateDirectories("/proc/self/task"))
        {
            int thread = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            ulong processors = thread == self ? own : others;

            // One that has ended meanwhile needs none.
            _ = sched_setaffinity(thread, sizeof(ulong), &processors);
        }
    }

    [LibraryImport("libc")]
    private static partial int gettid();

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int pid, nuint size, ulong* processors);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int pid, nuint size, ulong* processors);
}
