namespace Vfio.Assignability;

/// <summary>What the owner of a device may expect of it, beside its reset. Null stands for what is not known.</summary>
/// <param name="Display">Its display, or null where it has none.</param>
/// <param name="Interrupts">Its interrupts.</param>
/// <param name="Dma">Its DMA.</param>
/// <param name="Sriov">What it has to do with SR-IOV.</param>
/// <param name="Power">Its power management.</param>
public sealed record ReportLimits(DisplayLimits? Display, InterruptLimits Interrupts, DmaLimits Dma, SriovLimits Sriov, PowerLimits Power);
