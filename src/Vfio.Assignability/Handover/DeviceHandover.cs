using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Hands functions over to a VFIO driver, and brings them back. Needs root.</summary>
/// <remarks>
/// <para>What a function's driver and <c>driver_override</c> were is written to <c>/run/vfio-sdk/bindings</c> before anything is
/// changed, so that any process can bring it back until the machine is started again. docs/handover.md has the guarantees.</para>
/// <para>Thread-safe, across processes too: a function is moved by one at a time, and the other waits as long as its time limit
/// says.</para>
/// </remarks>
public static class DeviceHandover
{
    /// <summary>Hands functions over, all or none: if one cannot be moved, those that were go back to the driver and the <c>driver_override</c> that they had.</summary>
    /// <param name="devices">The functions, in the order in which they are moved.</param>
    /// <param name="options">How.</param>
    /// <returns>What became of them. Nothing is thrown for what the host or the kernel refuses.</returns>
    /// <exception cref="ArgumentException">There are no functions, the driver's name is none, or the time limit is not above zero.</exception>
    public static HandoverResult Bind(IReadOnlyList<PciAddress> devices, BindOptions? options = null)
        => Bind(HandoverSite.Local, devices, options ?? new BindOptions());

    /// <summary>Brings functions back to the driver and the <c>driver_override</c> that they had before they were first handed over; without a record of that, to whichever driver the kernel chooses.</summary>
    /// <param name="devices">The functions. They are moved in reverse order, and the failure of one does not keep the others.</param>
    /// <param name="options">How.</param>
    /// <returns>What became of them. Nothing is thrown for what the host or the kernel refuses.</returns>
    /// <exception cref="ArgumentException">There are no functions, or the time limit is not above zero.</exception>
    public static HandoverResult Restore(IReadOnlyList<PciAddress> devices, RestoreOptions? options = null)
        => Restore(HandoverSite.Local, devices, options ?? new RestoreOptions());

    internal static HandoverResult Bind(HandoverSite site, IReadOnlyList<PciAddress> devices, BindOptions options)
    {
        DriverName.Require(options.Driver);
        return new BindTransaction(site, options).Run(Distinct(devices, options.Timeout));
    }

    internal static HandoverResult Restore(HandoverSite site, IReadOnlyList<PciAddress> devices, RestoreOptions options)
        => new RestoreRun(site, options).Run(Distinct(devices, options.Timeout));

    private static List<PciAddress> Distinct(IReadOnlyList<PciAddress> devices, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentOutOfRangeException.ThrowIfZero(devices.Count, nameof(devices));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return [.. devices.Distinct()];
    }
}
