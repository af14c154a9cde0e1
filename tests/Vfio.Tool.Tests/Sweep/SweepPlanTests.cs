using Vfio.Core;
using Vfio.Tool.Bench.Sweep;

namespace Vfio.Tool.Tests.Sweep;

public sealed class SweepPlanTests
{
    private const long Gib = 1L << 30;
    private const long Mib = 1L << 20;

    private static readonly HostMemory _large = new(64 * Gib, LockLimit: null, HasTransparent: true, Free2M: 1024, Free1G: 4);

    private static readonly SweepOptions _options = new()
    {
        Backends = [VfioBackend.Type1V2],
        Pages = [DmaPageSize.Base],
        Sizes = [4096, 2 * Mib, Gib],
    };

    [Fact]
    public void Nothing_is_skipped_where_there_is_plenty()
    {
        IReadOnlyList<SweepPoint> plan = Plan(_options with { Live = [0, 1000], Threads = [1, 4] }, _large, 65535);

        Assert.Equal(12, plan.Count);
        Assert.All(plan, static point => Assert.Null(point.Skipped));
    }

    [Fact]
    public void Sizes_change_first_and_pages_last()
    {
        SweepOptions options = _options with { Pages = [DmaPageSize.Base, DmaPageSize.Huge2M], Live = [0, 9], Threads = [1, 2], Sizes = [4096, 8192] };

        IEnumerable<(DmaPageSize, int, int, long)> order = Plan(options, _large, null).Select(static p => (p.Pages, p.Live, p.Threads, p.Size));

        Assert.Equal(
            [
                (DmaPageSize.Base, 0, 1, 4096), (DmaPageSize.Base, 0, 1, 8192), (DmaPageSize.Base, 0, 2, 4096), (DmaPageSize.Base, 0, 2, 8192),
                (DmaPageSize.Base, 9, 1, 4096), (DmaPageSize.Base, 9, 1, 8192), (DmaPageSize.Base, 9, 2, 4096), (DmaPageSize.Base, 9, 2, 8192),
            ],
            order.Take(8));
        Assert.Equal(options.PointsPerBackend, order.Count());
    }

    [Fact]
    public void What_the_kernel_lets_live_counts_the_threads_too()
    {
        IReadOnlyList<SweepPoint> plan = Plan(_options with { Sizes = [4096], Live = [65533, 65534], Threads = [1, 2] }, _large, 65535);

        Assert.Equal([null, null, null, "the kernel lets 65535 mappings live at once, and this takes 65536"], plan.Select(static p => p.Skipped));
    }

    [Fact]
    public void Without_a_limit_a_million_mappings_may_live()
        => Assert.Null(Assert.Single(Plan(_options with { Sizes = [4096], Live = [1_000_000] }, _large, null)).Skipped);

    [Fact]
    public void Every_thread_needs_memory_of_its_own_and_some_is_left_to_others()
    {
        HostMemory host = _large with { Available = 3 * Gib };

        IReadOnlyList<SweepPoint> plan = Plan(_options with { Sizes = [Gib], Threads = [1, 2, 3] }, host, null);

        Assert.Equal(
            [null, null, "takes 3072 MiB of memory in base pages, and 2816 MiB can be had"],
            plan.Select(static p => p.Skipped));
    }

    [Fact]
    public void Huge_pages_are_taken_whole()
    {
        SweepOptions options = _options with { Pages = [DmaPageSize.Huge2M, DmaPageSize.Huge1G], Sizes = [4096, 4 * Mib, 6 * Mib] };

        IReadOnlyList<SweepPoint> plan = Plan(options, _large with { Free2M = 2, Free1G = 0 }, null);

        Assert.Equal(
            [
                null,
                null,
                "takes 6 MiB of memory in huge2m pages, and 4 MiB can be had",
                "takes 1024 MiB of memory in huge1g pages, and 0 KiB can be had",
                "takes 1024 MiB of memory in huge1g pages, and 0 KiB can be had",
                "takes 1024 MiB of memory in huge1g pages, and 0 KiB can be had",
            ],
            plan.Select(static p => p.Skipped));
    }

    [Fact]
    public void The_limit_of_locked_memory_counts_the_live_mappings_too()
    {
        IReadOnlyList<SweepPoint> plan = Plan(
            _options with { Sizes = [4096, 8 * Mib], Live = [0, 1024] }, _large with { LockLimit = 8 * Mib }, null);

        Assert.Equal(
            [null, null, null, "locks 12 MiB of memory, and the process may lock 8 MiB; raise the limit ('ulimit -l')"],
            plan.Select(static p => p.Skipped));
    }

    [Fact]
    public void The_largest_numbers_do_not_overflow()
    {
        SweepOptions options = _options with { Sizes = [long.MaxValue & ~4095], Threads = [1024], Live = [10_000_000] };

        SweepPoint point = Assert.Single(Plan(options, _large with { LockLimit = 0 }, null));

        Assert.StartsWith("takes 8796093022207 MiB of memory", point.Skipped, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_that_the_host_does_not_have_are_missing_for_a_reason()
    {
        HostMemory host = _large with { HasTransparent = false, Free2M = 0, Free1G = 0 };

        Assert.Null(host.WhyMissing(DmaPageSize.Base));
        Assert.Contains("transparent_hugepage/enabled", host.WhyMissing(DmaPageSize.Transparent), StringComparison.Ordinal);
        Assert.Contains("hugepages-2048kB/nr_hugepages", host.WhyMissing(DmaPageSize.Huge2M), StringComparison.Ordinal);
        Assert.Contains("hugepages-1048576kB/nr_hugepages", host.WhyMissing(DmaPageSize.Huge1G), StringComparison.Ordinal);
        Assert.All(Enum.GetValues<DmaPageSize>(), static pages => Assert.Null(_large.WhyMissing(pages)));
    }

    [Fact]
    public void This_machine_has_memory()
    {
        HostMemory host = HostMemory.Read();

        Assert.InRange(host.Available, Mib, long.MaxValue - 1);
        Assert.InRange(host.AvailableOf(DmaPageSize.Base), 1, host.Available);
    }

    private static IReadOnlyList<SweepPoint> Plan(SweepOptions options, HostMemory host, long? availableMappings)
        => SweepPlan.For(options, VfioBackend.Type1V2, host, availableMappings);
}
