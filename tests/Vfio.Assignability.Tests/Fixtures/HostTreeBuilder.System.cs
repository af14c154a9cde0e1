namespace Vfio.Assignability.Tests;

/// <content>The kernel, its modules and options, and who asks.</content>
internal sealed partial class HostTreeBuilder
{
    private const string AllCapabilities = "000001ffffffffff";

    // As distributions set them.
    private const string CommonOptions = "VFIO=m VFIO_GROUP=y VFIO_CONTAINER=y VFIO_IOMMU_TYPE1=m VFIO_DEVICE_CDEV=y VFIO_NOIOMMU=y VFIO_VIRQFD=y "
        + "VFIO_PCI=m VFIO_PCI_CORE=m VFIO_PCI_VGA=y VFIO_PCI_IGD=y VFIO_PCI_INTX=y IOMMUFD=m IRQ_REMAP=y INTEL_IOMMU=y INTEL_IOMMU_DEFAULT_ON=y "
        + "AMD_IOMMU=y PCI_IOV=y HOTPLUG_PCI_PCIE=y SYSFB_SIMPLEFB=y DRM_SIMPLEDRM=y";

    private readonly Dictionary<string, string[]> _modules = new(StringComparer.Ordinal)
    {
        ["vfio"] = ["enable_unsafe_noiommu_mode=N"],
        ["vfio_iommu_type1"] = ["allow_unsafe_interrupts=N", "disable_hugepages=N", "dma_entry_limit=65535"],
        ["iommufd"] = ["allow_unsafe_interrupts=N"],
        ["vfio_pci"] = ["disable_idle_d3=N", "disable_vga=N", "disable_denylist=N", "enable_sriov=N", "nointxmask=N"],
        ["vfio_pci_core"] = [],
    };

    private readonly Dictionary<string, string?> _kernelOptions = CommonOptions.Split(' ')
        .ToDictionary(static option => option.Split('=')[0], static option => (string?)option.Split('=')[1], StringComparer.Ordinal);

    private readonly List<string> _aliases = ["vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci"];
    private string _release = "7.3.4";
    private string _machine = "x86_64";
    private string _commandLine = "BOOT_IMAGE=/boot/vmlinuz root=/dev/ram0 ro quiet";
    private string _capabilities = AllCapabilities;
    private int _user;
    private string _locked = "unlimited";

    /// <summary>The kernel's release, such as <c>5.10.0-30-amd64</c>.</summary>
    public HostTreeBuilder Kernel(string release)
    {
        _release = release;
        return this;
    }

    /// <summary>The machine's kind, as uname says it.</summary>
    public HostTreeBuilder Machine(string machine)
    {
        _machine = machine;
        return this;
    }

    /// <summary>More options on the kernel's command line.</summary>
    public HostTreeBuilder CommandLine(string options)
    {
        _commandLine += " " + options;
        return this;
    }

    /// <summary>An option of the kernel's configuration; null where it is not set.</summary>
    public HostTreeBuilder KernelOption(string name, string? value)
    {
        _kernelOptions[name] = value;
        return this;
    }

    /// <summary>A module with its parameters, such as <c>allow_unsafe_interrupts=Y</c>, which replace those of the same name.</summary>
    public HostTreeBuilder Module(string name, params string[] parameters)
    {
        string[] before = _modules.GetValueOrDefault(name, []);
        _modules[name] = [.. parameters, .. before.Where(old => !parameters.Any(one => one.Split('=')[0] == old.Split('=')[0]))];
        return this;
    }

    /// <summary>A module that is not loaded.</summary>
    public HostTreeBuilder NoModule(string name)
    {
        _ = _modules.Remove(name);
        return this;
    }

    /// <summary>A line of modules.alias, such as <c>vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci</c>.</summary>
    public HostTreeBuilder ModuleAlias(string pattern, string module)
    {
        _aliases.Add($"{pattern} {module}");
        return this;
    }

    /// <summary>A caller who is not root, without capabilities.</summary>
    public HostTreeBuilder Unprivileged()
    {
        (_user, _capabilities) = (1000, "0000000000000000");
        foreach (FunctionBuilder function in _functions)
        {
            _ = function.ConfigLength(64);
        }

        return this;
    }

    /// <summary>The limit on locked memory in bytes, for a caller without CAP_IPC_LOCK.</summary>
    public HostTreeBuilder LockedMemory(long bytes)
    {
        (_locked, _capabilities, _user) = (bytes.ToString(System.Globalization.CultureInfo.InvariantCulture), "0000000000000000", 1000);
        return this;
    }

    /// <summary>Whether the kernel is of this version or later.</summary>
    internal bool HasKernel(int major, int minor)
    {
        string[] parts = _release.Split('.', '-');
        return (int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture))
            .CompareTo((major, minor)) >= 0;
    }

    private void WriteSystem(TreeFolder tree)
    {
        tree.Text("/uname", $"Linux {_release} {_machine}");
        tree.Text("/proc/sys/kernel/osrelease", _release);
        tree.Text("/proc/sys/kernel/tainted", "0");
        tree.Text("/proc/cmdline", _commandLine);
        tree.Text("/proc/self/status", $"Name:\tvfio\nUid:\t{_user}\t{_user}\t{_user}\t{_user}\nGid:\t{_user}\t{_user}\t{_user}\t{_user}\nCapInh:\t0000000000000000\nCapPrm:\t{_capabilities}\nCapEff:\t{_capabilities}\nCapBnd:\t{AllCapabilities}\nCapAmb:\t0000000000000000");
        tree.Text("/proc/self/limits", $"{"Limit",-26}{"Soft Limit",-21}{"Hard Limit",-21}Units\n{"Max locked memory",-26}{_locked,-21}{_locked,-21}bytes");
        tree.Text("/proc/self/mountinfo", "21 1 0:19 / / rw,relatime shared:1 - tmpfs tmpfs rw\n22 21 0:20 / /proc rw shared:2 - proc proc rw");
        tree.Text("/proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority");
        tree.Text("/proc/net/route", "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT");
        tree.Text("/proc/net/ipv6_route", string.Empty);
        tree.Text("/proc/iomem", "00000000-00000fff : Reserved\n00100000-7fffffff : System RAM");
        tree.Folder(PciDevices);
        tree.Folder(PciDrivers);
        foreach (string table in new[] { "DMAR", "FACP", "APIC", "MCFG" })
        {
            tree.Text($"/sys/firmware/acpi/tables/{table}", string.Empty);
        }

        WriteModules(tree);
    }

    private void WriteModules(TreeFolder tree)
    {
        foreach ((string name, string[] parameters) in _modules)
        {
            tree.Text($"/sys/module/{name}/initstate", "live");
            foreach (string parameter in parameters)
            {
                tree.Text($"/sys/module/{name}/parameters/{parameter.Split('=')[0]}", parameter.Split('=')[1]);
            }
        }

        if (_modules.ContainsKey("vfio"))
        {
            tree.Text("/dev/vfio/vfio", string.Empty);
        }

        if (_modules.ContainsKey("iommufd"))
        {
            tree.Text("/dev/iommu", string.Empty);
        }

        tree.Text($"/boot/config-{_release}", string.Join('\n', _kernelOptions.Select(static option
            => option.Value is { } value ? $"CONFIG_{option.Key}={value}" : $"# CONFIG_{option.Key} is not set")));
        string modules = $"/lib/modules/{_release}";
        tree.Text($"{modules}/modules.alias", "# Aliases extracted from modules themselves.\n" + string.Join('\n', _aliases.Select(static alias => $"alias {alias}")));
        tree.Text($"{modules}/modules.builtin", string.Empty);
        tree.Text($"{modules}/modules.dep", "kernel/drivers/vfio/vfio.ko:\nkernel/drivers/vfio/pci/vfio-pci.ko: kernel/drivers/vfio/vfio.ko");
    }
}
