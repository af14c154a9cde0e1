using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>The devices of the lab that are measured on, bound to vfio-pci for as long as this lives.</summary>
internal sealed class BenchDevices : IDisposable
{
    private const string EduIds = "1234:11e8";
    private const string IvshmemIds = "1af4:1110";
    private const string NvmeIds = "1b36:0010";

    private readonly List<DriverBinding> _bindings = [];

    private BenchDevices()
    {
    }

    /// <summary>QEMU's teaching device: DMA and MSI.</summary>
    public PciAddress Edu { get; private set; }

    /// <summary>Shared memory: its BAR 2 is memory and does not trap.</summary>
    public PciAddress Ivshmem { get; private set; }

    /// <summary>A controller with one namespace.</summary>
    public PciAddress Nvme { get; private set; }

    /// <summary>Finds and binds them.</summary>
    /// <exception cref="InvalidOperationException">The machine lacks one.</exception>
    public static BenchDevices Take()
    {
        var devices = new BenchDevices();
        try
        {
            devices.Edu = devices.Bind(EduIds);
            devices.Ivshmem = devices.Bind(IvshmemIds);
            devices.Nvme = devices.Bind(NvmeIds);
            return devices;
        }
        catch
        {
            devices.Dispose();
            throw;
        }
    }

    public void Dispose() => _bindings.ForEach(static binding => binding.Dispose());

    private PciAddress Bind(string ids)
    {
        var binding = DriverBinding.Bind(Find(ids));
        _bindings.Add(binding);
        return binding.Address;
    }

    private static PciAddress Find(string ids)
        => PciFunction.ReadAll().FirstOrDefault(function => function.Ids == ids)?.Address
        ?? throw new InvalidOperationException($"There is no {ids} here: run lab/run bench, or --host for what needs no device.");
}
