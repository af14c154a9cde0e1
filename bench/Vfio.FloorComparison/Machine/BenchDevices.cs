using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>The devices of the lab that are measured on, bound to vfio-pci for as long as this lives.</summary>
internal sealed class BenchDevices : IDisposable
{
    private const string EduIds = "1234:11e8";
    private const string IvshmemIds = "1af4:1110";

    private BenchDevices(DriverBinding edu, DriverBinding ivshmem)
    {
        Edu = edu;
        Ivshmem = ivshmem;
    }

    /// <summary>QEMU's teaching device: DMA and MSI.</summary>
    public DriverBinding Edu { get; }

    /// <summary>Shared memory: its BAR 2 is memory and does not trap.</summary>
    public DriverBinding Ivshmem { get; }

    /// <summary>Finds and binds them.</summary>
    /// <exception cref="InvalidOperationException">The machine lacks one.</exception>
    public static BenchDevices Take()
    {
        PciAddress edu = Find(EduIds);
        PciAddress ivshmem = Find(IvshmemIds);
        DriverBinding first = DriverBinding.Bind(edu);
        try
        {
            return new BenchDevices(first, DriverBinding.Bind(ivshmem));
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Ivshmem.Dispose();
        Edu.Dispose();
    }

    private static PciAddress Find(string ids)
        => PciFunction.ReadAll().FirstOrDefault(function => function.Ids == ids)?.Address
        ?? throw new InvalidOperationException($"There is no {ids} here: run lab/run bench, or --host for what needs no device.");
}
