namespace Vfio.Core;

/// <summary>Moves a PCI function between drivers through sysfs, step by step or all at once, and checks what became of it.</summary>
/// <param name="paths">Where sysfs is.</param>
/// <param name="pci">Reads it.</param>
/// <param name="writer">Writes to it.</param>
/// <param name="loadModule">Loads a module, and gives what modprobe said.</param>
internal sealed class SysfsBinder(HostPaths paths, SysfsPci pci, ISysfsWriter writer, Func<string, string> loadModule)
{
    /// <summary>Writes from the calling thread, and waits for the kernel however long it takes.</summary>
    public SysfsBinder(VfioHost host)
        : this(host.Paths, host.Pci, SysfsWriter.Instance, KernelModule.Load)
    {
    }

    /// <summary>The function is reserved for this driver; null for none.</summary>
    public string? Override(PciAddress address)
        => PciFunction.ParseOverride(pci.Attribute(address, "driver_override"));

    /// <summary>Makes sure that this user may change which driver has the function, before anything is changed.</summary>
    public void RequirePermission(PciAddress address)
    {
        string file = OverrideFile(address);
        try
        {
            using FileStream stream = SysfsWriter.Open(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw BindingErrors.Write(address, file, error);
        }
    }

    /// <summary>Makes sure that the kernel has the driver, loading its module if need be.</summary>
    /// <param name="address">The function that it is for.</param>
    /// <param name="driver">The driver.</param>
    /// <param name="module">The module that brings the driver, or null where that has the driver's name.</param>
    public void RequireDriver(PciAddress address, string driver, string? module = null)
    {
        string folder = Path.Combine(paths.PciDrivers, driver);
        if (!Directory.Exists(folder))
        {
            string outcome = loadModule(module ?? driver);
            if (!Directory.Exists(folder))
            {
                throw BindingErrors.NoDriver(address, driver, outcome);
            }
        }
    }

    /// <summary>The module that brings a driver, or null where it is built in or not known.</summary>
    public string? Module(string driver) => SysfsFile.LinkName(Path.Combine(paths.PciDrivers, driver, "module"));

    /// <summary>Takes the function from the driver that has it, and gives it to another one, or to none.</summary>
    /// <param name="address">The function.</param>
    /// <param name="driver">The driver that has it in the end, or null for none.</param>
    /// <param name="reservedFor">What its driver_override says in the end, or null for nothing.</param>
    public void Move(PciAddress address, string? driver, string? reservedFor)
    {
        Unbind(address);

        // While it is being probed the override names the wanted driver, so that no other one takes the function.
        Exception? refusal = null;
        if (driver is not null)
        {
            SetOverride(address, driver);
            refusal = Probe(address);
        }

        SetOverride(address, reservedFor);
        string? bound = pci.Driver(address);
        if (bound != driver)
        {
            throw refusal is null ? BindingErrors.NotBound(address, driver, bound) : BindingErrors.Write(address, paths.DriversProbe, refusal);
        }
    }

    /// <summary>Takes the function from the driver that has it, if one does.</summary>
    public void Unbind(PciAddress address)
    {
        if (pci.Driver(address) is not null)
        {
            Write(address, Path.Combine(paths.Function(address), "driver", "unbind"), address.ToString());
        }
    }

    /// <summary>Reserves the function for a driver, or with null for none.</summary>
    public void SetOverride(PciAddress address, string? driver)

        // An empty line is how an override is taken back: sysfs ignores a write of nothing.
        => Write(address, OverrideFile(address), driver ?? string.Empty);

    /// <summary>Lets the kernel look for a driver for the function. What came of it, only the link says.</summary>
    /// <returns>What the kernel said against it, or null; it may say nothing even when no driver took the function.</returns>
    public Exception? Probe(PciAddress address)
    {
        try
        {
            writer.Write(paths.DriversProbe, address.ToString());
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error;
        }
    }

    private void Write(PciAddress address, string file, string line)
    {
        try
        {
            writer.Write(file, line);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw BindingErrors.Write(address, file, error);
        }
    }

    private string OverrideFile(PciAddress address) => Path.Combine(paths.Function(address), "driver_override");
}
