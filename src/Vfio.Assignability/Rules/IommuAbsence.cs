using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Why no IOMMU translates for a device, and what would change that.</summary>
/// <param name="Verdict">What it takes: a reboot, or other hardware.</param>
/// <param name="Confidence">How sure the cause is.</param>
/// <param name="Cause">The cause, as a sentence.</param>
/// <param name="Remedy">What to do, as a sentence, or null where nothing would do.</param>
/// <param name="Evidence">What says so.</param>
internal sealed record IommuAbsence(Verdict Verdict, Confidence Confidence, string Cause, string? Remedy, IReadOnlyList<Evidence> Evidence)
{
    private const string Tables = "/sys/firmware/acpi/tables";
    private const uint IntelVendor = 0x8086;

    private static readonly string[] _switches = ["intel_iommu", "amd_iommu", "iommu"];

    public static IommuAbsence Explain(Inspection report)
    {
        CommandLine options = report.Kernel.CommandLine;
        if (IsIntegratedIntelDisplay(report.Device) && options.Word("intel_iommu", "igfx_off") is { } excluded)
        {
            return new IommuAbsence(
                Verdict.Reboot,
                Confidence.Derived,
                "intel_iommu=igfx_off on the kernel's command line takes integrated graphics out of the IOMMU's scope",
                "Remove igfx_off from intel_iommu= on the kernel's command line and reboot",
                [options.As(excluded)]);
        }

        // Where there is an IOMMU at all, every endpoint in its scope has a group.
        if (report.Host.Functions.FirstOrDefault(static other => !other.IsBridge && other.Group is { IsNoIommu: false }) is { } grouped)
        {
            return new IommuAbsence(
                Verdict.No,
                Confidence.Derived,
                "Other devices have groups, so the IOMMU works, but the firmware puts this device in the scope of none",
                null,
                [Assignability.Evidence.Of(report.Device.GroupLink), Assignability.Evidence.Of(grouped.GroupLink)]);
        }

        IReadOnlyList<string> off = [.. OffWords(options)];
        if (off.Count > 0)
        {
            return new IommuAbsence(
                Verdict.Reboot,
                Confidence.Derived,
                $"The kernel's command line turns the IOMMU off: {string.Join(' ', off)}",
                $"Remove {string.Join(' ', off)} from the kernel's command line{(off.Any(static word => word.StartsWith("intel", StringComparison.Ordinal)) ? ", put intel_iommu=on there," : string.Empty)} and reboot",
                [.. off.Select(options.As)]);
        }

        return Unasked(report.Tree, report.Kernel);
    }

    private static IEnumerable<string> OffWords(CommandLine options)
        => _switches.Select(name => options.Word(name, "off")).OfType<string>();

    // Nothing turns it off; is there one, and does the kernel look for it?
    private static IommuAbsence Unasked(HostTree tree, KernelFacts kernel)
    {
        HostFact<IReadOnlyList<string>> tables = tree.List(Tables);
        string? table = tables.Value?.FirstOrDefault(static name => name is "DMAR" or "IVRS" or "IORT" or "VIOT");
        if (table == "DMAR" && !kernel.CommandLine.Has("intel_iommu", "on") && kernel.Config.Has("INTEL_IOMMU_DEFAULT_ON") != true)
        {
            return new IommuAbsence(
                Verdict.Reboot,
                Confidence.Derived,
                "The firmware offers an IOMMU (table DMAR), and this kernel uses it only when asked to",
                "Put intel_iommu=on on the kernel's command line and reboot",
                [new Evidence($"{Tables}/DMAR", "present"), kernel.CommandLine.As(null)]);
        }

        if (table is not null)
        {
            bool? built = table switch { "DMAR" => kernel.Config.Has("INTEL_IOMMU"), "IVRS" => kernel.Config.Has("AMD_IOMMU"), _ => null };
            return new IommuAbsence(
                Verdict.Reboot,
                built == false ? Confidence.Stated : Confidence.Heuristic,
                built == false
                    ? $"The firmware offers an IOMMU (table {table}), but this kernel was built without its driver"
                    : $"The firmware offers an IOMMU (table {table}), but the kernel has not taken it into use",
                built == false ? "Boot a kernel that has the IOMMU's driver" : "Turn the IOMMU on in the firmware's setup (VT-d, AMD-Vi, SMMU), look at what the kernel says of it while it boots, and reboot",
                [new Evidence($"{Tables}/{table}", "present"), new Evidence("/sys/kernel/iommu_groups", null)]);
        }

        return new IommuAbsence(
            Verdict.Reboot,
            Confidence.Heuristic,
            "The firmware offers no IOMMU: it is off in its setup, or the hardware has none",
            "Turn the IOMMU on in the firmware's setup (VT-d, AMD-Vi, SMMU; in a virtual machine, give it a virtual one) and reboot. Where there is no such setting the hardware has none",
            [new Evidence(Tables, tables.IsKnown ? "no DMAR, IVRS, IORT or VIOT" : tables.Problem)]);
    }

    private static bool IsIntegratedIntelDisplay(PciFunction device)
        => device.VendorId == IntelVendor && device.ClassCode >> 16 == 0x03 && device.IsOnRootBus != false;
}
