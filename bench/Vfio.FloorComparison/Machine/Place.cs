using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Where rows run: on devices through one back end, or on the host without any.</summary>
/// <param name="Backend">Its name in the table.</param>
/// <param name="Machine">The devices, or null on the host.</param>
internal sealed record Place(string Backend, BenchDevices? Machine)
{
    private const string Type1 = "type1";
    private const string Iommufd = "iommufd";

    public static Place Host { get; } = new("host", Machine: null);

    /// <summary>The address of the device with DMA and interrupts.</summary>
    public string Edu => Machine!.Edu.ToString();

    /// <summary>The address of the device with memory as a BAR; null on the host.</summary>
    public string? Ivshmem => Machine?.Ivshmem.ToString();

    /// <summary>The address of the NVMe controller.</summary>
    public PciAddress Nvme => Machine!.Nvme;

    /// <summary>The back ends that the kernel has.</summary>
    public static IEnumerable<Place> Of(BenchDevices devices)
    {
        if (File.Exists("/dev/vfio/vfio"))
        {
            yield return new Place(Type1, devices);
        }

        // A device has a node of its own only where iommufd can take it.
        if (Directory.Exists("/dev/vfio/devices"))
        {
            yield return new Place(Iommufd, devices);
        }
    }

    /// <summary>Opens a device through the back end.</summary>
    public VfioDevice Open(string address) => VfioDevice.Open(address, Options);

    /// <summary>How devices are opened here.</summary>
    public VfioDeviceOptions Options => new() { Backend = Kind };

    private VfioBackend Kind => Backend == Iommufd ? VfioBackend.Iommufd : VfioBackend.Type1V2;
}
