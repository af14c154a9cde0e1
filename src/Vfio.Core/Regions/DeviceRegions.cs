using System.Collections;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core;

/// <summary>The regions of a device, by index. Those that the device lacks are there too, with a length of zero.</summary>
/// <remarks>Immutable, and so thread-safe; so are the regions in it.</remarks>
public sealed class DeviceRegions : IReadOnlyList<DeviceRegion>
{
    private const int BarCount = 6;

    private readonly DeviceRegion[] _regions;

    internal DeviceRegions(VfioDevice device, IDeviceTransport transport)
    {
        _regions = new DeviceRegion[transport.RegionCount];
        for (int i = 0; i < _regions.Length; i++)
        {
            _regions[i] = new DeviceRegion(device, transport, transport.GetRegion(i));
        }
    }

    /// <summary>How many indexes there are.</summary>
    public int Count => _regions.Length;

    /// <summary>The PCI configuration space (<c>VFIO_PCI_CONFIG_REGION_INDEX</c>).</summary>
    public DeviceRegion Config => this[(int)VFIO_PCI_CONFIG_REGION_INDEX];

    /// <summary>The expansion ROM (<c>VFIO_PCI_ROM_REGION_INDEX</c>).</summary>
    public DeviceRegion Rom => this[(int)VFIO_PCI_ROM_REGION_INDEX];

    /// <summary>The region at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such index.</exception>
    public DeviceRegion this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _regions.Length);
            return _regions[index];
        }
    }

    /// <summary>A base address register, 0 to 5. The upper half of a 64-bit one has a length of zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such BAR.</exception>
    public DeviceRegion Bar(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, BarCount);
        return this[(int)VFIO_PCI_BAR0_REGION_INDEX + number];
    }

    /// <inheritdoc/>
    public IEnumerator<DeviceRegion> GetEnumerator() => ((IEnumerable<DeviceRegion>)_regions).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
