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

    private readonly VfioHost _host;
    private readonly SysfsBinder _binder;
    private bool _restored;

    private DriverBinding(VfioHost host, PciAddress address, string driver)
    {
        _host = host;
        _binder = new SysfsBinder(host);
        Address = address;
        Driver = driver;
        PreviousDriver = host.Pci.Driver(address);
        PreviousOverride = _binder.Override(address);
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
    /// <exception cref="InvalidOperationException">This process has the device open, by another driver.</exception>
    /// <exception cref="VfioException">A step failed; the function is back where it was, as far as the kernel allowed.</exception>
    public static DriverBinding Bind(PciAddress address, string driver = DefaultDriver)
        => Bind(VfioHost.Local, address, driver);

    /// <summary>Gives the function back to the driver that had it, and puts its <c>driver_override</c> back.</summary>
    /// <remarks>After a success another call does nothing. Should another process have the device open, the kernel waits.</remarks>
    /// <exception cref="InvalidOperationException">This process still has the device open: dispose it first.</exception>
    /// <exception cref="VfioException">The driver did not take the function back.</exception>
    public void Restore()
    {
        if (_restored)
        {
            return;
        }

        if (PreviousDriver != Driver)
        {
            if (_host.OpenFunctions.Contains(Address.ToString()))
            {
                throw BindingErrors.Open(Address);
            }

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
        catch (Exception error) when (error is VfioException or InvalidOperationException)
        {
            // Dispose runs while other exceptions pass; it must not replace them.
        }
    }

    internal static DriverBinding Bind(VfioHost host, PciAddress address, string driver)
    {
        DriverName.Require(driver);
        if (!host.Pci.Exists(address))
        {
            throw DeviceErrors.NoSuchDevice(address.ToString());
        }

        var binding = new DriverBinding(host, address, driver);
        if (binding.PreviousDriver == driver)
        {
            return binding;
        }

        if (host.OpenFunctions.Contains(address.ToString()))
        {
            throw BindingErrors.Open(address);
        }

        // Without a group a VFIO driver would refuse, after the host's driver had let go.
        if (HostDrivers.IsVfio(driver) && host.Pci.Group(address) is null && !host.Pci.AllowsNoIommu)
        {
            throw DeviceErrors.NoGroup(address.ToString());
        }

        binding._binder.RequirePermission(address);
        binding._binder.RequireDriver(address, driver);
        try
        {
            binding._binder.Move(address, driver, driver);
            return binding;
        }
        catch (VfioException)
        {
            binding.Dispose();
            throw;
        }
    }
}
