using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Tells what will work if a device is given away, and why.</summary>
public static class DeviceInspector
{
    /// <summary>Reports on one function. Reads only, opens nothing, and needs no privilege.</summary>
    /// <param name="host">The host, now or captured.</param>
    /// <param name="device">The function's address.</param>
    /// <param name="options">What to look at beside it.</param>
    /// <exception cref="VfioException">The host has no function at this address.</exception>
    public static AssignabilityReport Inspect(PciHost host, PciAddress device, InspectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _ = options;
        throw new NotSupportedException(host.Get(device).Path);
    }
}
