using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Asks the kernel what a report says about a device.</summary>
public static class DeviceProver
{
    /// <summary>Opens the device by each back end that this host has, asks the kernel, and closes it. Opening resets the device.</summary>
    /// <param name="host">This host; a captured one has no kernel to ask.</param>
    /// <param name="report">What was reported on the device.</param>
    /// <returns>
    /// The report, with what the kernel answered: findings that it confirms are proven, and what it says otherwise is a finding of its own
    /// (<see cref="FindingCode.ProofDiffers"/>). A device that no VFIO driver has cannot be opened, and then that is what is unknown.
    /// </returns>
    /// <exception cref="ArgumentException">The host is a captured one.</exception>
    /// <exception cref="VfioException">The device is no longer there.</exception>
    public static AssignabilityReport Prove(PciHost host, AssignabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(report);
        if (!host.Tree.IsLocal)
        {
            throw new ArgumentException("Only this host's kernel can be asked, not a captured one's.", nameof(host));
        }

        PciFunction device = host.Get(report.Device);
        if (!device.IsOnVfio)
        {
            var open = new UnknownFact(
                "what the kernel says when the device is opened", device.DriverLink.Path, "no VFIO driver has the device, and only those open it");
            return report with { Unknown = [.. report.Unknown, open] };
        }

        return new ProvenReport(report, KernelAsker.Ask(device)).Build();
    }
}
