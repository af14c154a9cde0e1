namespace Vfio.Assignability;

/// <summary>Keeps of the kernel's command line what bears on devices, or is no one's secret.</summary>
internal static class CommandLineFilter
{
    private static readonly HashSet<string> _names = new(StringComparer.Ordinal)
    {
        "acpi", "amd_iommu", "amd_iommu_dump", "amd_iommu_intr", "clocksource", "console", "debug", "default_hugepagesz", "earlyprintk", "efi", "efifb",
        "fbcon", "fb", "highres", "hugepages", "hugepagesz", "initcall_blacklist", "intel_iommu", "intremap", "iomem", "iommu", "isolcpus", "loglevel",
        "lockdown", "memmap", "mitigations", "module_blacklist", "nmi_watchdog", "noapic", "nohz", "nointremap", "nokaslr", "nolapic", "nomodeset",
        "nomsi", "nosmp", "nox2apic", "panic", "pci", "pcie_acs_override", "pcie_aspm", "pcie_bus_perf", "pcie_bus_safe", "pcie_port_pm", "pcie_ports",
        "quiet", "rd.driver.blacklist", "rd.driver.pre", "rd.driver.post", "ro", "root", "rw", "splash", "swiotlb", "vga", "video", "x2apic_phys",
    };

    private const string RootKey = "root=";

    // Options of modules that bind devices or have a say in whether others may.
    private static readonly string[] _modules =
    [
        "amdgpu", "i915", "iommu", "iommufd", "kvm", "kvm_amd", "kvm_intel", "modprobe", "nouveau", "nvidia", "nvidia_drm", "pci_stub", "pciehp", "radeon",
        "simpledrm", "vfio", "vfio_iommu_type1", "vfio_pci", "vfio_pci_core", "vfio_virqfd", "xe", "xen_pciback",
    ];

    /// <summary>The line as the tree has it.</summary>
    /// <param name="text">The line.</param>
    /// <param name="names">The names in place of private ones.</param>
    public static string Filter(string text, PrivateNames names)
    {
        // What comes behind two dashes is for the first process.
        IEnumerable<string> words = TextLines.Words(text.Replace('\n', ' ')).TakeWhile(static word => word != "--").Where(IsWanted).Select(word => Redact(word, names));
        return string.Join(' ', words) + "\n";
    }

    private static bool IsWanted(string word)
    {
        // The kernel takes a dash in a name for an underscore.
        string name = word.Split('=', 2)[0].Replace('-', '_');
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return !word.Contains('"', StringComparison.Ordinal)
            && (name == "root" || !OrdinaryNames.IsUnique(word))
            && (_names.Contains(name) || (dot > 0 && _modules.Contains(name[..dot], StringComparer.Ordinal)));
    }

    // The kernel finds its root by much, but a report only by its node.
    private static string Redact(string word, PrivateNames names)
        => !word.StartsWith(RootKey, StringComparison.Ordinal) ? word : RootKey + (names.Root(word[RootKey.Length..]) ?? "REDACTED");
}
