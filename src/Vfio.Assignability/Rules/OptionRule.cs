namespace Vfio.Assignability;

/// <summary>Which options do not do what people set them for?</summary>
internal sealed class OptionRule : IRule
{
    public void Apply(Inspection report)
    {
        CommandLine options = report.Kernel.CommandLine;
        bool intel = HasUnit(report, "dmar", "DMAR");
        bool amd = HasUnit(report, "ivhd", "IVRS");
        if (options.Word("amd_iommu", "on") is { } on)
        {
            Add(report, Severity.Info, $"{on} does nothing: there is no such option. AMD's IOMMU is on unless turned off", options.As(on));
        }

        if (intel && !amd && options.Parts("amd_iommu").FirstOrDefault(static part => part != "on") is { } foreign)
        {
            Add(report, Severity.Info, "amd_iommu= does nothing on a host with Intel's IOMMU", options.As($"amd_iommu={foreign}"));
        }

        if (amd && !intel && options.Values("intel_iommu").FirstOrDefault() is { } value)
        {
            Add(report, Severity.Info, "intel_iommu= does nothing on a host with AMD's IOMMU", options.As($"intel_iommu={value}"));
        }

        if (options.Parts("iommu").FirstOrDefault(static part => part is "on" or "1" or "enable" or "yes") is { } word)
        {
            Add(report, Severity.Info, $"iommu={word} does nothing: there is no such value", options.As($"iommu={word}"));
        }

        if (options.Values("pcie_acs_override").FirstOrDefault() is { } acs)
        {
            Add(
                report,
                Severity.Warning,
                "pcie_acs_override= is no option of the kernel. A kernel that was patched to have it splits groups on paper only: the devices can still reach each other's DMA",
                options.As($"pcie_acs_override={acs}"));
        }

        Framebuffer(report, options);
        Parameters(report);
    }

    private static bool HasUnit(Inspection report, string unit, string table)
        => report.Tree.Names("/sys/class/iommu").Any(name => name.StartsWith(unit, StringComparison.Ordinal)) || report.Tree.Exists($"/sys/firmware/acpi/tables/{table}");

    private static void Framebuffer(Inspection report, CommandLine options)
    {
        // The way of most kernels, and since 5.14 possible.
        bool simple = report.Kernel.Config.Has("DRM_SIMPLEDRM") ?? report.Kernel.Version.IsAtLeast(5, 14);
        string? off = options.Values("video").FirstOrDefault(static value => value is "efifb:off" or "vesafb:off");
        if (simple && off is not null)
        {
            Add(report, Severity.Info, $"video={off} does nothing for simpledrm, which drives the firmware's framebuffer of this kernel", options.As($"video={off}"));
        }
    }

    private static void Parameters(Inspection report)
    {
        if (report.Group is { IsNoIommu: false } group && report.Kernel.IsOn("vfio", "enable_unsafe_noiommu_mode") == true)
        {
            Add(
                report,
                Severity.Info,
                $"The no-IOMMU mode of VFIO is on, and does nothing for {report.Device}, which has a group ({group}) of a real IOMMU",
                Evidence.Of(report.Kernel.Parameter("vfio", "enable_unsafe_noiommu_mode")));
        }

        foreach (string backend in new[] { "vfio_iommu_type1", "iommufd" })
        {
            if (report.Isolation is { InForce: true } && report.Kernel.IsOn(backend, "allow_unsafe_interrupts") == true)
            {
                Add(
                    report,
                    Severity.Info,
                    $"{backend} is told to accept interrupts that are not isolated, and they are: the parameter does nothing here but give up a check",
                    Evidence.Of(report.Kernel.Parameter(backend, "allow_unsafe_interrupts")));
            }
        }
    }

    private static void Add(Inspection report, Severity severity, string message, Evidence evidence) => report.Add(new Finding(
        FindingCode.UselessOption,
        severity,
        Confidence.Derived,
        message,
        null,
        [evidence],
        Texts.Advice("Leave it out"),
        [report.Device.Address],
        "C15"));
}
