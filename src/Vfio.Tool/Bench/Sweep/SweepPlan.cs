using Vfio.Core;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Sweep;

/// <summary>Which points are measured on a back end, and why the others are not.</summary>
internal static class SweepPlan
{
    /// <summary>The points in the order of measurement: what is dear to set up changes least often.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="backend">The back end.</param>
    /// <param name="host">The memory there is.</param>
    /// <param name="availableMappings">How many mappings the kernel lets live at once, or null for no limit.</param>
    public static IReadOnlyList<SweepPoint> For(
        SweepOptions options, VfioBackend backend, HostMemory host, long? availableMappings)
    {
        IEnumerable<SweepPoint> points =
            from pages in options.Pages
            from live in options.Live
            from threads in options.Threads
            from size in options.Sizes
            select new SweepPoint(backend, pages, size, threads, live);
        return [.. points.Select(point => point with { Skipped = WhyNot(point, host, availableMappings) })];
    }

    private static string? WhyNot(SweepPoint point, HostMemory host, long? availableMappings)
    {
        if (point.Live + (long)point.Threads > availableMappings)
        {
            return $"the kernel lets {availableMappings} mappings live at once, and this takes {point.Live + (long)point.Threads}";
        }

        long pageLength = PageNames.LengthOf(point.Pages);
        Int128 memory = (point.Memory + pageLength - 1) / pageLength * pageLength;
        long available = host.AvailableOf(point.Pages);
        if (memory > available)
        {
            return $"takes {Amount(memory)} of memory in {PageNames.Of(point.Pages)} pages, and {Amount(available)} can be had";
        }

        // The buffer as a whole is pinned once, to have its pages there before the measurement; the others are live meanwhile or not yet.
        Int128 locked = memory + ((Int128)point.Live * SweepPoint.LiveLength);
        return locked > (host.LockLimit ?? Int128.MaxValue)
            ? $"locks {Amount(locked)} of memory, and the process may lock {Amount(host.LockLimit!.Value)}; raise the limit ('ulimit -l')"
            : null;
    }

    private static string Amount(Int128 bytes) => ByteSize.FormatAmount((long)Int128.Min(bytes, long.MaxValue));
}
