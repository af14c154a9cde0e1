namespace Vfio.Core;

/// <summary>What an address space asks of the kernel's side of it. One implementation for each of the kernel's interfaces.</summary>
/// <remarks>The address space calls it under its lock, and keeps the books; nothing is remembered here that the kernel
/// already knows.</remarks>
internal abstract class IommuBackend
{
    /// <summary>The model, known from the first attached device on.</summary>
    public abstract IommuModel Model { get; }

    /// <summary>Whether a device is attached: without one there is nothing to map into.</summary>
    public abstract bool IsAttached { get; }

    /// <summary>Asks the kernel for the state of the address space.</summary>
    public abstract AddressSpaceInfo QueryInfo();

    /// <summary>Maps memory.</summary>
    /// <exception cref="VfioException">The kernel refused; nothing is mapped.</exception>
    public abstract void Map(Iova iova, nint address, ulong length, DmaAccess access);

    /// <summary>Unmaps exactly one earlier mapping.</summary>
    /// <exception cref="VfioException">The kernel refused, or unmapped another amount.</exception>
    public abstract void Unmap(Iova iova, ulong length);

    /// <summary>Unmaps everything, where the kernel can do so in one call.</summary>
    /// <returns>Whether it could.</returns>
    public abstract bool TryUnmapAll();

    /// <summary>Gives the kernel's object up. It closes when the last device that uses it has closed.</summary>
    public abstract void Release();
}
