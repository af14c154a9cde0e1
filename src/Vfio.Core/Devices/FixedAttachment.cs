namespace Vfio.Core;

/// <summary>
/// The place of a device that stays where it is until it is closed: its group is in a container, or somebody else has placed it.
/// </summary>
internal sealed class FixedAttachment(string device, AddressSpace? space, bool isIsolated) : DeviceAttachment
{
    public override AddressSpace? Space => space;

    public override string Name => device;

    public override bool IsIsolated => isIsolated;

    public override void Attach(AddressSpace target)
    {
        if (!ReferenceEquals(target, space))
        {
            throw NotMoved();
        }
    }

    public override void Attach(HardwarePageTable target) => throw NotMoved();

    public override void Detach() => throw NotSupported(
        "VFIO_DEVICE_DETACH_IOMMUFD_PT", "detaching an open device", "Clear PciCommand.BusMaster to end its DMA, close it, or use iommufd");

    public override void AttachPasid(uint pasid, HardwarePageTable target) => throw NoPasid("VFIO_DEVICE_ATTACH_IOMMUFD_PT");

    public override void DetachPasid(uint pasid) => throw NoPasid("VFIO_DEVICE_DETACH_IOMMUFD_PT");

    public override IommuHardwareInfo GetHardwareInfo() => throw NotSupported(
        "IOMMU_GET_HW_INFO", "telling of the IOMMU", "Use iommufd");

    protected override void Leave() => space?.RemoveUser();

    private VfioException NotMoved() => NotSupported(
        "VFIO_DEVICE_ATTACH_IOMMUFD_PT", "moving an open device", "Close the device and open it with the other address space, or use iommufd");

    private VfioException NoPasid(string step) => NotSupported(step, "an address space for each process address space id", "Use iommufd");

    private VfioException NotSupported(string step, string what, string remedy)
        => BackendErrors.NotSupported(step, device, space?.Iommu.Kind, what, remedy);
}
