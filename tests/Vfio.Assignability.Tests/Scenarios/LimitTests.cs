using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>A stated need for memory against what the caller and the hardware allow.</summary>
public sealed class LimitTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const long GiB = 1 << 30;

    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_low_limit_on_locked_memory_is_to_be_raised()
    {
        _ = _host.LockedMemory(8 * MiB).Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target, new InspectOptions { Need = 16 * GiB }).Is(Verdict.After).Finds(FindingCode.MemlockExceeded, Severity.Blocker)
            .Says(FindingCode.MemlockExceeded, "16 GiB", "8 MiB", "type1", "iommufd");
    }

    [Fact]
    public void Without_a_need_no_limit_is_too_low()
    {
        _ = _host.LockedMemory(8 * MiB).Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target).Is(Verdict.Yes).FindsNot(FindingCode.MemlockExceeded);
    }

    [Theory]
    [InlineData(16 * GiB)]
    [InlineData(32 * GiB)]
    public void A_high_one_is_enough(long limit)
    {
        _ = _host.LockedMemory(limit).Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target, new InspectOptions { Need = 16 * GiB }).Is(Verdict.Yes).FindsNot(FindingCode.MemlockExceeded);
    }

    [Fact]
    public void Root_has_no_limit()
    {
        _ = _host.Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target, new InspectOptions { Need = 64 * GiB }).Is(Verdict.Yes).FindsNot(FindingCode.MemlockExceeded);
    }

    [Fact]
    public void Memory_beyond_the_width_of_addresses_does_not_fit()
    {
        _ = _host.Nvme().Driver("vfio-pci");

        _ = _host.Inspect(Target, new InspectOptions { Need = 1024 * GiB }).Is(Verdict.No).Finds(FindingCode.IovaNotUsable, Severity.Blocker);
    }
}
