namespace Vfio.Core;

/// <summary>An IOMMU of the host, such as <c>dmar0</c> (Intel VT-d), <c>ivhd0</c> (AMD) or <c>smmu3.0x…</c> (Arm).</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class IommuUnit
{
    // Bits of VT-d's registers (Intel Virtualization Technology for Directed I/O, 11.4.2 and 11.4.3).
    private const int InterruptRemapping = 3;
    private const int WidthShift = 16;
    private const ulong WidthMask = 0x3f;

    internal IommuUnit(HostTree tree, string name)
    {
        Name = name;
        Path = $"/sys/class/iommu/{name}";
        Capabilities = tree.ReadText($"{Path}/intel-iommu/cap").ConvertValue(static text => HostText.Hex(text));
        ExtendedCapabilities = tree.ReadText($"{Path}/intel-iommu/ecap").ConvertValue(static text => HostText.Hex(text));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its folder, as the host names it.</summary>
    public string Path { get; }

    /// <summary>VT-d's capability register; absent for other kinds.</summary>
    public HostFact<ulong> Capabilities { get; }

    /// <summary>VT-d's extended capability register; absent for other kinds.</summary>
    public HostFact<ulong> ExtendedCapabilities { get; }

    /// <summary>Whether the hardware can remap interrupts, which does not say that it does; null where it is not known.</summary>
    public bool? CanRemapInterrupts => ExtendedCapabilities.IsKnown ? ((ExtendedCapabilities.Value >> InterruptRemapping) & 1) != 0 : null;

    /// <summary>The width of a device's addresses in bits (MGAW); null where it is not known.</summary>
    public int? AddressWidth => Capabilities.IsKnown ? (int)((Capabilities.Value >> WidthShift) & WidthMask) + 1 : null;

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
