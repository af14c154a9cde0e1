using System.Globalization;

namespace Vfio.Core;

/// <summary>Reads what the kernel shows of PCI functions, and tolerates what is missing.</summary>
internal sealed class SysfsPci(HostPaths paths)
{
    public bool Exists(PciAddress address) => Directory.Exists(paths.Function(address));

    /// <summary>The name of the driver that is bound, or null.</summary>
    public string? Driver(PciAddress address) => SysfsFile.LinkName(Path.Combine(paths.Function(address), "driver"));

    /// <summary>The number of the IOMMU group, or null.</summary>
    public int? Group(PciAddress address)
        => int.TryParse(
            SysfsFile.LinkName(Path.Combine(paths.Function(address), "iommu_group")),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out int group)
            ? group
            : null;

    /// <summary>Whether the group stands for no IOMMU at all.</summary>
    public bool IsNoIommu(int group)
        => SysfsFile.ReadText(Path.Combine(paths.IommuGroups, group.ToString(CultureInfo.InvariantCulture), "name")) == IommuGroup.NoIommuName;

    /// <summary>The lines of a group's reserved regions: first address, last address, kind.</summary>
    public IReadOnlyList<string> ReservedRegions(int group)
        => SysfsFile.ReadText(Path.Combine(paths.IommuGroups, group.ToString(CultureInfo.InvariantCulture), "reserved_regions"))?.Split('\n') ?? [];

    /// <summary>Whether VFIO would make a group for a function that no IOMMU translates for.</summary>
    public bool AllowsNoIommu => SysfsFile.ReadText(paths.NoIommuParameter) is "Y" or "1";

    /// <summary>The members of a group, in order of address. Members of other buses are left out.</summary>
    public IReadOnlyList<PciAddress> Members(int group)
        => Addresses(Path.Combine(paths.IommuGroups, group.ToString(CultureInfo.InvariantCulture), "devices"));

    /// <summary>The functions on one bus of a domain, in order of address.</summary>
    public IReadOnlyList<PciAddress> OnBus(uint domain, byte bus)
        => [.. Addresses(paths.PciDevices).Where(address => address.Domain == domain && address.Bus == bus)];

    /// <summary>A number that the kernel writes in hexadecimal with a prefix, or zero where it cannot be read.</summary>
    public uint Hex(PciAddress address, string attribute)
    {
        ReadOnlySpan<char> text = SysfsFile.ReadText(Path.Combine(paths.Function(address), attribute));
        text = text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;
        return uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) ? value : 0;
    }

    /// <summary>The text of an attribute without its line end, or null where it cannot be read.</summary>
    public string? Attribute(PciAddress address, string attribute)
        => SysfsFile.ReadText(Path.Combine(paths.Function(address), attribute));

    private static List<PciAddress> Addresses(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var members = new List<PciAddress>();
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (PciAddress.TryParse(Path.GetFileName(entry.AsSpan()), out PciAddress member))
            {
                members.Add(member);
            }
        }

        members.Sort();
        return members;
    }
}
