using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Where rows run: on devices through one back end, or on the host without any.</summary>
/// <param name="Backend">Its name in the table.</param>
/// <param name="Machine">The devices, or null on the host.</param>
internal sealed record Place(string Backend, BenchDevices? Machine)
{
    public static Place Host { get; } = new("host", Machine: null);

    /// <summary>The address of the device with DMA and interrupts.</summary>
    public string Edu => Machine!.Edu.Address.ToString();

    /// <summary>The address of the device with memory as a BAR; null on the host.</summary>
    public string? Ivshmem => Machine?.Ivshmem.Address.ToString();

    /// <summary>Opens a device through the back end.</summary>
    public VfioDevice Open(string address) => VfioDevice.Open(address, new VfioDeviceOptions { Backend = Kind });

    private VfioBackend Kind => Backend == "iommufd" ? VfioBackend.Iommufd : VfioBackend.Type1V2;
}
