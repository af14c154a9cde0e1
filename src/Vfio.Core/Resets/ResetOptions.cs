namespace Vfio.Core;

/// <summary>How a device is reset, and what is done for it after that.</summary>
public sealed record ResetOptions
{
    private static readonly TimeSpan _longest = TimeSpan.FromHours(1);

    /// <summary>
    /// Enables the interrupts that were enabled again, of all devices of this process that were reset, on the same events: whoever holds
    /// or waits for an <see cref="Interrupt"/> goes on. All vectors are unmasked then, and triggers that were counted before stay counted.
    /// Off by default: the kernel puts MSI and MSI-X back, older kernels only while memory accesses are on.
    /// </summary>
    public bool RearmInterrupts { get; init; }

    /// <summary>
    /// Saves the registers of <see cref="PciConfigState"/> before the reset and writes those that differ back after it, for all devices of
    /// this process that were reset. Off by default: the kernel restores them, unless the device was slow to come back.
    /// </summary>
    public bool RestoreConfig { get; init; }

    /// <summary>
    /// How long the reset is tried again while something else has a lock that it needs (<c>EAGAIN</c>, <c>EBUSY</c>): from zero, which
    /// tries once, to an hour. A second by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside of that.</exception>
    public TimeSpan BusyTimeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, _longest);
            field = value;
        }
    }

    = TimeSpan.FromSeconds(1);
}
