namespace Vfio.Assignability;

/// <summary>Which VFIO driver would have the device, and is VFIO there at all?</summary>
internal sealed class DriverRule : IRule
{
    public void Apply(Inspection report)
    {
        NoDriver(report);
        if (report.Device.IsBridge || report.Variant is not { } variant || report.Device.Driver == variant.Driver)
        {
            return;
        }

        report.Add(new Finding(
            FindingCode.VariantDriver,
            Severity.Info,
            Confidence.Stated,
            $"The kernel has a VFIO driver for this very kind of device: {variant.Driver}",
            "It does what vfio-pci does, and what only this kind of device needs or can, such as migration. vfio-pci is possible where the device works without",
            [new Evidence(report.Kernel.Variants.File.Path, variant.Alias)],
            report.IsCritical(report.Device) ? null : Texts.Fix($"Give the device to {variant.Driver}", Texts.Bind([report.Device], variant.Driver)),
            [report.Device.Address],
            "C2"));
    }

    private static void NoDriver(Inspection report)
    {
        KernelFacts kernel = report.Kernel;
        bool hasPci = report.Device.IsOnVfio || kernel.IsLoaded("vfio_pci") || report.Tree.Exists("/sys/bus/pci/drivers/vfio-pci");
        if (!hasPci && kernel.Config is { IsKnown: true } config && config.Has("VFIO_PCI") == false)
        {
            report.Require(
                StepPhase.Reboot,
                new HandoverAction("Boot a kernel that has VFIO for PCI (CONFIG_VFIO_PCI)", null, [], Reversible: true, Reboot: true));
            Add(report, "This kernel was built without VFIO for PCI", [new Evidence(config.Path!, "CONFIG_VFIO_PCI is not set")], Texts.FixByReboot("Boot a kernel that has CONFIG_VFIO_PCI"));
            return;
        }

        // Loading vfio-pci brings type1 along, so that only what is loaded already tells.
        bool hasBackend = kernel.IsLoaded("vfio_iommu_type1") || kernel.IsLoaded("iommufd") || report.Tree.Exists("/dev/iommu");
        if (hasPci && kernel.SeesModules && kernel.IsLoaded("vfio") && !hasBackend && report.Group is not { IsNoIommu: true })
        {
            const string Load = "modprobe vfio_iommu_type1";
            report.Require(StepPhase.Module, new HandoverAction("Load VFIO's driver for the IOMMU", Load, [], Reversible: true, Reboot: false));
            Add(
                report,
                "VFIO is loaded, but nothing that speaks to the IOMMU for it: neither vfio_iommu_type1 nor iommufd",
                [new Evidence(KernelFacts.ModulePath("vfio_iommu_type1"), null), new Evidence(KernelFacts.ModulePath("iommufd"), null)],
                Texts.Fix("Load it", Load));
        }
    }

    private static void Add(Inspection report, string message, IReadOnlyList<Evidence> evidence, Remedy remedy) => report.Add(new Finding(
        FindingCode.NoIommuDriver,
        Severity.Blocker,
        Confidence.Stated,
        message,
        "No device can be opened: a container offers no model of an IOMMU (VFIO_CHECK_EXTENSION), or there is no container",
        evidence,
        remedy,
        [report.Device.Address],
        null));
}
