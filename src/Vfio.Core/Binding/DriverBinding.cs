namespace Vfio.Core;

/// <summary>A PCI function that has been taken from its driver and given to a VFIO driver, and the way back.</summary>
/// <remarks>
/// <para>Binding names the one function in <c>driver_override</c>, so no other function of the same kind is touched,
/// and is verified by the link that the kernel makes: <c>drivers_probe</c> reports success even when the probe failed.
/// What the host used the device for ends with its driver. Needs root.</para>
/// <para>Not thread-safe. One function is bound or restored by one thread at a time.</para>
/// </remarks>
public sealed class DriverBinding : IDisposable
{
    /// <summary>The kernel's general VFIO driver for PCI.</summary>
    public const string DefaultDriver = "vfio-pci";

    private readonly SysfsBinder _binder;
    private bool _restored;

    private DriverBinding(SysfsBinder binder, PciAddress address, string driver, string? previousDriver, string? previousOverride)
    {
        _binder = binder;
        Address = address;
        Driver = driver;
        PreviousDriver = previousDriver;
        PreviousOverride = previousOverride;
    }

    /// <summary>The function.</summary>
    public PciAddress Address { get; }

    /// <summary>The driver that it was given to.</summary>
    public string Driver { get; }

    /// <summary>The driver that had it before, or null.</summary>
    public string? PreviousDriver { get; }

    /// <summary>The <c>driver_override</c> that stood before, or null.</summary>
    public string? PreviousOverride { get; }

    /// <summary>Gives a function to a VFIO driver. Where the driver has it already, nothing is done.</summary>
    /// <param name="address">The function.</param>
    /// <param name="driver">The driver; its module is loaded if need be.</param>
    /// <returns>The way back.</returns>
    /// <exception cref="ArgumentException">The driver's name is none.</exception>
    /// <exception cref="VfioException">A step failed; the function is back where it was, as far as the kernel allowed.</exception>
    public static DriverBinding Bind(PciAddress address, string driver = DefaultDriver)
        => Bind(VfioHost.Local, address, driver);

    /// <summary>Gives the function back to the driver that had it, and puts its <c>driver_override</c> back.</summary>
    /// <remarks>Close the device first: the kernel waits for that. After a success another call does nothing.</remarks>
    /// <exception cref="VfioException">The driver did not take the function back.</exception>
    public void Restore()
    {
        if (_restored)
        {
            return;
        }

        if (PreviousDriver != Driver)
        {
            _binder.Move(Address, PreviousDriver, PreviousOverride);
        }

        _restored = true;
    }

    /// <summary>Restores, and keeps quiet about a failure. Whoever wants to know calls <see cref="Restore"/>.</summary>
    public void Dispose()
    {
        try
        {
            Restore();
        }
        catch (VfioException)
        {
            // Dispose runs while other exceptions pass; it must not replace them.
        }
    }

    internal static DriverBinding Bind(VfioHost host, PciAddress address, string driver)
    {
        RequireName(driver);
        if (!host.Pci.Exists(address))
        {
            throw DeviceErrors.NoSuchDevice(address);
        }

        var binder = new SysfsBinder(host);
        string? previousDriver = host.Pci.Driver(address);
        string? previousOverride = binder.Override(address);
        var binding = new DriverBinding(binder, address, driver, previousDriver, previousOverride);
        if (previousDriver == driver)
        {
            return binding;
        }

        binder.RequireDriver(address, driver);
        try
        {
            binder.Move(address, driver, driver);
            return binding;
        }
        catch (VfioException)
        {
            binding.Dispose();
            throw;
        }
    }

    // The name becomes part of a path and an argument of modprobe.
    private static void RequireName(string driver)
    {
        ArgumentException.ThrowIfNullOrEmpty(driver);
        if (!char.IsAsciiLetterOrDigit(driver[0]) || driver.Any(static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw new ArgumentException($"'{driver}' is not the name of a driver.", nameof(driver));
        }
    }
}
