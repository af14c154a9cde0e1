using System.Collections.Frozen;

namespace Vfio.Assignability;

/// <summary>The attributes and links that a capture takes. What is not named here is never opened.</summary>
internal static class CapturedAttributes
{
    /// <summary>Attributes of a PCI function.</summary>
    public static readonly string[] OfFunction =
    [
        "class", "vendor", "device", "subsystem_vendor", "subsystem_device", "revision", "modalias", "driver_override", "resource", "irq", "msi_bus",
        "reset_method", "numa_node", "local_cpulist", "power_state", "d3cold_allowed", "current_link_speed", "current_link_width", "max_link_speed",
        "max_link_width", "boot_vga", "boot_display", "ari_enabled", "removable", "dma_mask_bits", "consistent_dma_mask_bits", "secondary_bus_number",
        "subordinate_bus_number", "sriov_totalvfs", "sriov_numvfs", "sriov_offset", "sriov_stride", "sriov_vf_device", "sriov_drivers_autoprobe",
        "sriov_vf_total_msix", "resource0_resize", "resource1_resize", "resource2_resize", "resource3_resize", "resource4_resize", "resource5_resize",
        "power/control", "power/runtime_status", "power/runtime_enabled",
    ];

    /// <summary>Files of a PCI function that say something by being there, and that must not be opened.</summary>
    public static readonly string[] ByPresence = ["rom", "reset", "reset_subordinate", "sriov_vf_msix_count"];

    /// <summary>Attributes of all other devices, and of the folders in theirs.</summary>
    public static readonly FrozenSet<string> OfOthers = FrozenSet.ToFrozenSet(
        [
            // What a node is called, and what kind it is of.
            "dev", "type", "state", "status", "transport",
            // Disks.
            "size", "ro", "removable", "hidden", "partition", "start",
            // Connectors of displays. Their EDID has serial numbers.
            "enabled", "dpms", "boot_display",
            // Interfaces of the network. Their address is their own.
            "ifindex", "iflink", "flags", "operstate",
            // Devices of USB, by class: keyboards, disks.
            "bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol", "bInterfaceNumber", "bDeviceClass",
            // Consoles.
            "active", "bind", "console", "port", "irq",
            // Registers of IOMMUs.
            "cap", "ecap", "features", "version", "domains_supported", "domains_used",
            // Kinds of mediated devices.
            "device_api", "available_instances",
        ],
        StringComparer.Ordinal);

    /// <summary>Names of links that are taken wherever they are.</summary>
    public static readonly FrozenSet<string> Links = FrozenSet.ToFrozenSet(
        ["driver", "subsystem", "device", "iommu", "iommu_group", "physfn", "module", "master", "bridge"], StringComparer.Ordinal);

    /// <summary>How the names of more such links begin.</summary>
    public static readonly string[] LinkPrefixes = ["virtfn", "lower_", "upper_", "nvme"];

    /// <summary>What is taken of a device's <c>uevent</c>, beside the name of its node.</summary>
    public static readonly string[] UeventKeys = ["MAJOR=", "MINOR=", "DEVTYPE="];

    /// <summary>Folders all of whose links are taken.</summary>
    public static readonly FrozenSet<string> FoldersOfLinks = FrozenSet.ToFrozenSet(
        ["holders", "slaves", "brif", "multipath", "devices", "bcache"], StringComparer.Ordinal);

    /// <summary>Folders that no report looks into.</summary>
    public static readonly FrozenSet<string> Skipped = FrozenSet.ToFrozenSet(
        [
            "power", "statistics", "queues", "mq", "queue", "trace", "integrity", "inflight", "leds", "hwmon", "wakeup", "firmware", "md", "cqm", "ports",
            "hw_counters", "phy_counters", "gids", "gid_attrs", "pkeys", "gt", "p2pmem", "physical_location", "tsm", "doe_features", "link", "thermal", "nvmem",
        ],
        StringComparer.Ordinal);
}
