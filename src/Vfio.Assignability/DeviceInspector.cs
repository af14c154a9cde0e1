using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Tells what will work if a device is given away, and why.</summary>
public static class DeviceInspector
{
    // Each sees what those before it found; the order of findings of one severity is theirs.
    private static readonly IRule[] _rules =
    [
        new ReachRule(),
        new BridgeRule(),
        new IommuRule(),
        new ReservedDmaRule(),
        new OwnerRule(),
        new GroupRule(),
        new CriticalUseRule(),
        new VirtualFunctionRule(),
        new DriverRule(),
        new BindRule(),
        new InterruptRule(),
        new IgdRule(),
        new FramebufferRule(),
        new ResetRule(),
        new ResetHistoryRule(),
        new DisplayRule(),
        new HostLossRule(),
        new MemoryNeedRule(),
        new IdRule(),
        new OptionRule(),
        new BarRule(),
        new PresenceRule(),
    ];

    /// <summary>Reports on one function. Reads only, opens nothing, and needs no privilege.</summary>
    /// <param name="host">The host, now or captured.</param>
    /// <param name="device">The function's address.</param>
    /// <param name="options">What to look at beside it.</param>
    /// <exception cref="VfioException">The host has no function at this address.</exception>
    public static AssignabilityReport Inspect(PciHost host, PciAddress device, InspectOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        var report = new Inspection(host, host.Get(device), options ?? new InspectOptions());
        foreach (IRule rule in _rules)
        {
            rule.Apply(report);
        }

        return new AssignabilityReport(
            device,
            report.Verdict,
            report.Group is { } group ? GroupRules.Describe(group, report.Kernel.Version) : null,
            report.Reset.Report,
            LimitsOf.Device(report),
            report.Findings,
            report.Actions,
            report.Unknown);
    }
}
