using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>What an address space asks of the kernel's side of it. One implementation for each of the kernel's interfaces.</summary>
/// <remarks>
/// The address space calls the mapping members and <see cref="Release"/> under its lock, and maps nothing after the release: until then the
/// kernel's object is open without a reference for each call. It keeps the books: overlaps, bounds and double unmaps never get here.
/// What a kernel's interface does otherwise than the others ends here too.
/// </remarks>
internal abstract class IommuBackend
{
    /// <summary>Which it is, or null while a container has not chosen its version, which some do with the first device.</summary>
    public abstract VfioBackend? Kind { get; }

    /// <summary>What was opened, for messages.</summary>
    public abstract string Path { get; }

    /// <summary>The name of the step that maps, for messages.</summary>
    public abstract string MapStep { get; }

    /// <summary>The name of the step that tells the state, for messages.</summary>
    public abstract string InfoStep { get; }

    /// <summary>Whether an IOMMU keeps the devices from memory that is not mapped.</summary>
    public abstract bool IsIsolated { get; }

    /// <summary>What the kernel's side is open by, until the release and after it as long as others have references; null where there is none.</summary>
    public virtual SafeHandle? KernelObject => null;

    /// <summary>Whether the kernel has something to map into, and tells its ranges, before the first device is attached.</summary>
    public abstract bool TakesMappingsAtOnce { get; }

    /// <summary>Whether mappings end with the last device, instead of being there again for the next.</summary>
    public virtual bool EndsWithLastDevice => false;

    /// <summary>Whether mappings stay after <see cref="Release"/>, because somebody else has the kernel's object too.</summary>
    public virtual bool OutlivesRelease => false;

    /// <summary>Whether a file is mapped by its descriptor; otherwise its pages must be in the process.</summary>
    public virtual bool MapsFiles => false;

    /// <summary>Makes sure that a step has something to work on. A container has nothing to map into before its first device.</summary>
    /// <exception cref="VfioException">It has not, or the back end never does such a thing.</exception>
    public virtual void RequireReady(string step)
    {
    }

    /// <summary>Asks the kernel for the state of the address space.</summary>
    public abstract AddressSpaceInfo QueryInfo();

    /// <summary>Maps memory.</summary>
    /// <returns>The address for the device: the given one, except where no IOMMU translates.</returns>
    /// <exception cref="VfioException">The kernel refused; nothing is mapped.</exception>
    public abstract Iova Map(Iova iova, in DmaSource source, ulong length, DmaAccess access);

    /// <summary>
    /// Maps memory of the process where an IOMMU translates: what <see cref="Map"/> does, for the path that is taken for every transfer.
    /// </summary>
    /// <returns>Zero, or the negated errno; then nothing is mapped.</returns>
    public abstract int MapMemory(Iova iova, nint address, ulong length, DmaAccess access);

    /// <summary>What a refusal of <see cref="MapMemory"/> means.</summary>
    public abstract VfioException MapError(Iova iova, ulong length, int errno);

    /// <summary>What to map for others of a device's registers. The caller disposes of pages and file.</summary>
    public virtual DmaSource SourceOf(IDeviceTransport device, RegionInfo region, long offset, long length)
        => throw BackendErrors.NotSupported(
            MapStep, device.Name, Kind, "mapping a device's registers for another device", "Use iommufd itself, or a container of VFIO's own");

    /// <summary>Unmaps exactly one earlier mapping. What the kernel has forgotten with the last device is not there to be unmapped.</summary>
    /// <exception cref="VfioException">The kernel refused, or unmapped another amount.</exception>
    public abstract void Unmap(Iova iova, ulong length);

    /// <summary>Unmaps everything, where the kernel can do so in one call.</summary>
    /// <returns>Whether it could.</returns>
    public abstract bool TryUnmapAll();

    /// <summary>Maps what another address space has mapped, without pinning it again, where the kernel can do so.</summary>
    /// <returns>Whether it could.</returns>
    public virtual bool TryCopy(IommuBackend source, Iova from, Iova to, ulong length, DmaAccess access) => false;

    /// <summary>Sets aside the addresses that no later device may take away (<c>IOMMU_IOAS_ALLOW_IOVAS</c>).</summary>
    public virtual void AllowIovas(ReadOnlySpan<IovaRange> ranges) => throw BackendErrors.NotSupported(
        "IOMMU_IOAS_ALLOW_IOVAS", Path, Kind, "setting addresses aside", "Use iommufd, or choose addresses within AddressSpace.Ranges");

    /// <summary>Charges this process with what is pinned (<c>IOMMU_IOAS_CHANGE_PROCESS</c>).</summary>
    public virtual void ChangeProcess() => throw BackendErrors.NotSupported(
        "IOMMU_IOAS_CHANGE_PROCESS", Path, Kind, "charging another process with what is mapped", "Use iommufd, or map anew");

    /// <summary>Takes the ownership of a device's group, with one reference.</summary>
    public abstract IOpenGroup OpenGroup(AddressSpace space, HostDevice device, SafeHandle? node, Action<IOpenGroup> closed);

    /// <summary>Opens a device of a group, whose reference stays the caller's.</summary>
    public abstract OpenedDevice OpenDevice(OpenFunction function, HostDevice device, IOpenGroup group, in DeviceAccess access);

    /// <summary>Gives the kernel's object up. It goes when the last device that uses it has closed.</summary>
    public abstract void Release();
}
