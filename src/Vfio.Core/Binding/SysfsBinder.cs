namespace Vfio.Core;

/// <summary>Moves a PCI function between drivers through sysfs, and checks what became of it.</summary>
internal sealed class SysfsBinder(VfioHost host)
{
    // What the kernel shows, and takes, for an override that is not set.
    private const string NoOverride = "(null)";

    /// <summary>The driver that the function is reserved for, or null.</summary>
    public string? Override(PciAddress address)
        => host.Pci.Attribute(address, "driver_override") is { Length: > 0 } name && name != NoOverride ? name : null;

    /// <summary>Makes sure that this user may change which driver has the function, before anything is changed.</summary>
    public void RequirePermission(PciAddress address)
    {
        string file = OverrideFile(address);
        try
        {
            using FileStream stream = OpenForWrite(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw BindingErrors.Write(address, file, error);
        }
    }

    /// <summary>Makes sure that the kernel has the driver, loading its module if need be.</summary>
    public void RequireDriver(PciAddress address, string driver)
    {
        string folder = Path.Combine(host.Paths.PciDrivers, driver);
        if (!Directory.Exists(folder))
        {
            string outcome = KernelModule.Load(driver);
            if (!Directory.Exists(folder))
            {
                throw BindingErrors.NoDriver(address, driver, outcome);
            }
        }
    }

    /// <summary>Takes the function from the driver that has it, and gives it to another one, or to none.</summary>
    /// <param name="address">The function.</param>
    /// <param name="driver">The driver that has it in the end, or null for none.</param>
    /// <param name="reservedFor">What its driver_override says in the end, or null for nothing.</param>
    public void Move(PciAddress address, string? driver, string? reservedFor)
    {
        string function = host.Paths.Function(address);
        Unbind(address, function);

        // While it is being probed the override names the wanted driver, so that no other one takes the function.
        string overrideFile = OverrideFile(address);
        if (driver is not null)
        {
            Write(address, overrideFile, driver);
            Write(address, host.Paths.DriversProbe, address.ToString());
        }

        Write(address, overrideFile, reservedFor ?? string.Empty);
        string? bound = host.Pci.Driver(address);
        if (bound != driver)
        {
            throw BindingErrors.NotBound(address, driver, bound);
        }
    }

    private static FileStream OpenForWrite(string file)
        => new(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private static void Write(PciAddress address, string file, string text)
    {
        try
        {
            // An empty line is how an override is taken back: sysfs ignores a write of nothing.
            using FileStream stream = OpenForWrite(file);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text + "\n"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw BindingErrors.Write(address, file, error);
        }
    }

    private string OverrideFile(PciAddress address) => Path.Combine(host.Paths.Function(address), "driver_override");

    private void Unbind(PciAddress address, string function)
    {
        if (host.Pci.Driver(address) is not null)
        {
            Write(address, Path.Combine(function, "driver", "unbind"), address.ToString());
        }
    }
}
