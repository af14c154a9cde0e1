namespace Vfio.Core;

/// <summary>
/// A device's place in an address space, and the ways to another. It has a use of the address space, which it gives back when it is
/// released.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal abstract class DeviceAttachment
{
    private int _released;

    /// <summary>The address space that the device's DMA goes through, or null where all of it is blocked.</summary>
    public abstract AddressSpace? Space { get; }

    /// <summary>The device's name, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>The number of the device in its iommufd, or null where it has none or it is not known.</summary>
    public virtual uint? IommufdId => null;

    /// <summary>Whether an IOMMU stands between the device and memory.</summary>
    public abstract bool IsIsolated { get; }

    /// <summary>Moves the device to an address space, from none or from another.</summary>
    public abstract void Attach(AddressSpace target);

    /// <summary>Moves the device to a page table that was made of an address space.</summary>
    public abstract void Attach(HardwarePageTable target);

    /// <summary>Takes the device out of its address space.</summary>
    public abstract void Detach();

    /// <summary>Lets the DMA of one process address space id go through a page table.</summary>
    public abstract void AttachPasid(uint pasid, HardwarePageTable target);

    public abstract void DetachPasid(uint pasid);

    /// <summary>Tells of the IOMMU in front of the device.</summary>
    public abstract IommuHardwareInfo GetHardwareInfo();

    /// <summary>Gives the use of the address space back, once. The device is closed already.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            Leave();
        }
    }

    protected abstract void Leave();
}
