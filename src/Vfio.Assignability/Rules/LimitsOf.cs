using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What to expect of a device beside its reset.</summary>
internal static class LimitsOf
{
    public static ReportLimits Device(Inspection report) => new(
        Display(report),
        Interrupts(report),
        Dma(report),
        Sriov(report.Device),
        Power(report.Device));

    private static DisplayLimits? Display(Inspection report)
    {
        PciFunction device = report.Device;
        if (device.ClassCode >> 16 != 0x03)
        {
            return null;
        }

        bool? boot = device.Attribute("boot_vga").Value switch { "1" => true, "0" => false, _ => null };
        return new DisplayLimits(
            ((device.ClassCode >> 8) & 0xff) switch { 0 => "vga", 2 => "3d", _ => "other" },
            boot,
            device.IsVirtualFunction ? "as the vendor's software provides" : "the card's own connectors, or a program in the guest");
    }

    private static InterruptLimits Interrupts(Inspection report)
    {
        var config = ConfigFacts.Of(report.Device);
        return new InterruptLimits(config.MsixVectors, config.MsiVectors, config.HasLine, report.Group is { IsNoIommu: false } ? report.Isolation?.InForce : null);
    }

    private static DmaLimits Dma(Inspection report)
    {
        IommuUnit? unit = report.Device.Iommu;
        return new DmaLimits(
            unit?.Name,
            unit?.AddressWidth,
            [.. (report.Group?.ReservedRegions.Value ?? []).Select(static region => region.ToString())],
            long.TryParse(report.Kernel.Parameter("vfio_iommu_type1", "dma_entry_limit").Value, NumberStyles.None, CultureInfo.InvariantCulture, out long entries) ? entries : null,
            report.Caller.MayLockAnything == true ? -1 : report.Caller.LockedMemory?.Soft);
    }

    private static SriovLimits Sriov(PciFunction device) => new(
        device.IsVirtualFunction ? "vf" : device.VirtualFunctionLimit.IsKnown ? "pf" : "none",
        device.VirtualFunctionLimit switch { { IsKnown: true, Value: >= 0 and <= int.MaxValue and var limit } => (int)limit, { State: FactState.Absent } => 0, _ => null },
        Texts.Addresses(device.VirtualFunctions),
        device.PhysicalFunction?.Address);

    private static PowerLimits Power(PciFunction device) => new(
        device.Attribute("power_state").Value,
        device.Attribute("power/runtime_status").Value,
        device.Attribute("power/control").Value,
        device.Attribute("d3cold_allowed").Value switch { "1" => true, "0" => false, _ => null });
}
