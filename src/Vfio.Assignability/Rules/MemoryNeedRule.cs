using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Could the memory that the device's user needs be mapped for its DMA?</summary>
internal sealed class MemoryNeedRule : IRule
{
    private const string LimitParameter = "dma_entry_limit";

    // What a mapping can be counted on to have, with transparent huge pages or hugetlbfs.
    private const long HugePage = 2L << 20;

    // VT-d has 39 bits at the least.
    private const int SmallestWidth = 39;

    public void Apply(Inspection report)
    {
        if (report.Need is not { } need)
        {
            return;
        }

        Locked(report, need);
        if (report.Group is { IsNoIommu: false })
        {
            Addresses(report, need);
            Mappings(report, need);
        }
    }

    private static void Locked(Inspection report, long need)
    {
        CallerFacts caller = report.Caller;
        if (caller.MayLockAnything == true || caller.LockedMemory is { Soft: -1 })
        {
            return;
        }

        if (caller.LockedMemory is not { } limit)
        {
            report.Miss(UnknownFact.Of("how much memory the caller may lock", caller.Limits, Verdict.After));
            return;
        }

        if (limit.Soft >= need)
        {
            return;
        }

        string command = $"prlimit --pid $$ --memlock={need.ToString(CultureInfo.InvariantCulture)}";
        string privilege = limit.Hard == -1 || limit.Hard >= need ? string.Empty : ", as root, because the hard limit is as low";
        report.Require(StepPhase.Limit, new HandoverAction($"Raise the limit of locked memory to {Bytes(need)}{privilege}", command, [], Reversible: true, Reboot: false));
        report.Add(new Finding(
            FindingCode.MemlockExceeded,
            Severity.Blocker,
            Confidence.Derived,
            $"{Bytes(need)} are needed, and the caller may lock {Bytes(limit.Soft)} (RLIMIT_MEMLOCK), without CAP_IPC_LOCK",
            "Mapping fails with ENOMEM. type1 counts for each process, and each of its containers anew; iommufd counts for the user, all of whose processes share the limit",
            [new Evidence(caller.Limits.Path, caller.LimitsLine), new Evidence(caller.Status.Path, caller.CapabilitiesLine)],
            Texts.Fix("Raise it: LimitMEMLOCK of the service, limits.conf for logins, or CAP_IPC_LOCK for the program", command),
            [report.Device.Address],
            null));
    }

    private static void Addresses(Inspection report, long need)
    {
        if (report.Device.Iommu is not { AddressWidth: { } width } unit)
        {
            if (need > 1L << SmallestWidth)
            {
                report.Miss(new UnknownFact("the width of the IOMMU's addresses", report.Device.IommuLink.Path, "does not lead to an IOMMU that says", Verdict.No));
            }

            return;
        }

        UInt128 reserved = 0;
        foreach (ReservedRegion region in report.Group?.ReservedRegions.Value ?? [])
        {
            reserved += (UInt128)(region.Last - region.First) + 1;
        }

        UInt128 space = (UInt128)1 << width;
        if ((UInt128)need + reserved <= space)
        {
            return;
        }

        report.Require(Verdict.No);
        report.Add(new Finding(
            FindingCode.IovaNotUsable,
            Severity.Blocker,
            Confidence.Derived,
            $"{Bytes(need)} do not fit: {unit} has addresses of {width} bits, less the ranges that are reserved",
            "Mapping fails with EINVAL beyond the last address",
            [Evidence.Of(unit.Capabilities), new Evidence($"{report.Group!.Path}/reserved_regions", report.Group.ReservedRegions.Text)],
            Texts.Advice("Map less at a time; only other hardware has wider addresses"),
            [report.Device.Address],
            null));
    }

    private static void Mappings(Inspection report, long need)
    {
        HostFact<string> parameter = report.Kernel.Parameter("vfio_iommu_type1", LimitParameter);
        if (!long.TryParse(parameter.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) || limit >= need / HugePage)
        {
            return;
        }

        report.Add(new Finding(
            FindingCode.DmaMappingsExhausted,
            Severity.Warning,
            Confidence.Derived,
            $"A container of type1 takes {limit.ToString(CultureInfo.InvariantCulture)} mappings: {Bytes(need)} take mappings of {Bytes((need + Math.Max(limit, 1) - 1) / Math.Max(limit, 1))} and more",
            "One mapping too many fails with ENOSPC",
            [Evidence.Of(parameter)],
            Texts.Fix("Map larger pieces, use iommufd, which has no such limit, or raise it", Texts.Write("NUMBER", parameter.Path)),
            [report.Device.Address],
            null));
    }

    private static string Bytes(long bytes) => bytes >= 1 << 30 && bytes % (1 << 30) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30} GiB")
        : bytes >= 1 << 20 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.##} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
