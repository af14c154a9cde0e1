namespace Vfio.Core;

/// <content>How a device goes to another process.</content>
public sealed partial class VfioDevice
{
    /// <summary>
    /// Makes what another process needs to use the device: duplicates of its descriptor and of the container or iommufd that its DMA goes through. The
    /// device stays open and usable here.
    /// </summary>
    /// <remarks>
    /// Unmap memory, and dispose interrupts and mapped regions here, before the other process takes over: both have one device. A container
    /// without an IOMMU does not go over; the other process then has registers and interrupts.
    /// </remarks>
    /// <returns>The descriptors. The caller disposes it once they have gone over.</returns>
    /// <exception cref="VfioException">This process may open no more descriptors, or the device is not reached by one.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public SharedDevice Share() => _transport is KernelDevice device
        ? SharedDevice.Of(Host, device, _attachment.Space, IsIsolated)
        : throw PassingErrors.NotShareable(Name);
}
