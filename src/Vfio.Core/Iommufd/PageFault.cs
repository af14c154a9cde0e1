using Vfio.Native;

namespace Vfio.Core;

/// <summary>One page that a device asks for (<c>struct iommu_hwpt_pgfault</c>).</summary>
/// <remarks>
/// Devices ask in groups, of which most have one member. A group is answered as a whole, once, by the <see cref="Cookie"/> that its members
/// share.
/// </remarks>
public readonly struct PageFault : IEquatable<PageFault>
{
    // The only field, so that the kernel writes into the caller's own memory.
    private readonly iommu_hwpt_pgfault _raw;

    internal PageFault(in iommu_hwpt_pgfault raw) => _raw = raw;

    /// <summary>The address that the device used.</summary>
    public Iova Address => new(_raw.addr);

    /// <summary>How many bytes the device expects to need, as a hint; zero where it does not tell.</summary>
    public long Length => _raw.length;

    /// <summary>What it wanted to do there.</summary>
    public PageFaultAccess Access => (PageFaultAccess)_raw.perm;

    /// <summary>The process address space id of the access, or null where it had none.</summary>
    public uint? Pasid => (_raw.flags & (uint)iommu_hwpt_pgfault_flags.IOMMU_PGFAULT_FLAGS_PASID_VALID) != 0 ? _raw.pasid : null;

    /// <summary>The number that the device gave the group.</summary>
    public uint Group => _raw.grpid;

    /// <summary>Whether the group ends with it.</summary>
    public bool IsLastOfGroup => (_raw.flags & (uint)iommu_hwpt_pgfault_flags.IOMMU_PGFAULT_FLAGS_LAST_PAGE) != 0;

    /// <summary>The number that the kernel gave the group, to answer it by.</summary>
    public uint Cookie => _raw.cookie;

    /// <summary>The number of the device in its iommufd.</summary>
    public uint DeviceId => _raw.dev_id;

    /// <summary>Whether two faults are the same in everything.</summary>
    public static bool operator ==(PageFault left, PageFault right) => left.Equals(right);

    /// <summary>Whether two faults differ in anything.</summary>
    public static bool operator !=(PageFault left, PageFault right) => !left.Equals(right);

    /// <summary>Whether the fault is one of a device's.</summary>
    public bool IsOf(VfioDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Attachment.IommufdId == DeviceId;
    }

    /// <inheritdoc/>
    public bool Equals(PageFault other)
        => (_raw.flags, _raw.dev_id, _raw.pasid, _raw.grpid, _raw.perm, _raw.addr, _raw.length, _raw.cookie).Equals(
            (other._raw.flags, other._raw.dev_id, other._raw.pasid, other._raw.grpid, other._raw.perm, other._raw.addr, other._raw.length,
                other._raw.cookie));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PageFault other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_raw.cookie, _raw.addr, _raw.dev_id, _raw.grpid);

    /// <summary>What was wanted where, and by whom.</summary>
    public override string ToString() => $"{Access} at {Address} by device {DeviceId}, group {Group}";
}
