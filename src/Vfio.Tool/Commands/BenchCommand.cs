using System.CommandLine;

namespace Vfio.Tool.Commands;

/// <summary><c>vfio bench</c>: measures a device, its IOMMU, and the kernel between.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Measure DMA mapping, register accesses or interrupts of a device.")
    {
        BenchDmaMapCommand.Create(),
        BenchMmioCommand.Create(),
        BenchIrqCommand.Create(),
    };
}
