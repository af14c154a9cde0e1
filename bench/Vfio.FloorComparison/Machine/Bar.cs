using Vfio.Bench.Machine;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>A BAR that is memory: that of the device, or on the host pages of the process in its place.</summary>
internal sealed class Bar : IDisposable
{
    private const int IvshmemBar = 2;
    private readonly VfioDevice _device;

    public Bar(Place place)
    {
        _device = place.Ivshmem is { } address ? place.Open(address) : MemoryDevice.Open();
        try
        {
            Region = _device.Regions.Bar(place.Ivshmem is null ? 0 : IvshmemBar).Map();
        }
        catch
        {
            _device.Dispose();
            throw;
        }
    }

    /// <summary>The BAR.</summary>
    public MappedRegion Region { get; }

    public void Dispose()
    {
        Region.Dispose();
        _device.Dispose();
    }
}
