namespace Vfio.Assignability;

/// <summary>The stable names of findings. <c>vfio inspect --explain CODE</c> prints a page on each.</summary>
public static class FindingCode
{
    /// <summary>Another member of the group has a driver that does DMA for the host.</summary>
    public const string GroupNotViable = nameof(GroupNotViable);

    /// <summary>Another process has the device, or its group, open.</summary>
    public const string GroupBusy = nameof(GroupBusy);

    /// <summary>VFIO's driver, or a back end for it, is not loaded or not in the kernel.</summary>
    public const string NoIommuDriver = nameof(NoIommuDriver);

    /// <summary>The device's message signalled interrupts are not isolated.</summary>
    public const string UnsafeInterrupts = nameof(UnsafeInterrupts);

    /// <summary>Something of the host's claims a part of a BAR.</summary>
    public const string BarReserved = nameof(BarReserved);

    /// <summary>The kernel would refuse to open the device.</summary>
    public const string DeviceFdRefused = nameof(DeviceFdRefused);

    /// <summary>The memory that is needed may not be locked.</summary>
    public const string MemlockExceeded = nameof(MemlockExceeded);

    /// <summary>The memory that is needed takes more mappings than the kernel allows.</summary>
    public const string DmaMappingsExhausted = nameof(DmaMappingsExhausted);

    /// <summary>The memory that is needed does not fit the addresses that the device can use.</summary>
    public const string IovaNotUsable = nameof(IovaNotUsable);

    /// <summary>Nothing resets the device.</summary>
    public const string NoResetMechanism = nameof(NoResetMechanism);

    /// <summary>A reset would hit functions that are not on VFIO.</summary>
    public const string ResetSetNotOwned = nameof(ResetSetNotOwned);

    /// <summary>The kernel lists a reset of the bus that cannot work.</summary>
    public const string ResetMethodStale = nameof(ResetMethodStale);

    /// <summary>The device does not answer.</summary>
    public const string DeviceUnreachable = nameof(DeviceUnreachable);

    /// <summary>The firmware has claimed memory for DMA of the device's own.</summary>
    public const string FirmwareReservedDma = nameof(FirmwareReservedDma);

    /// <summary>The device's line interrupt is shared, and it may not be able to mask it.</summary>
    public const string IntxBusy = nameof(IntxBusy);

    /// <summary>No IOMMU translates for the device.</summary>
    public const string NoIommuGroup = nameof(NoIommuGroup);

    /// <summary>vfio-pci refuses the device.</summary>
    public const string BindRefused = nameof(BindRefused);

    /// <summary>A virtual function opens only with the token that the user of its physical function set.</summary>
    public const string VfTokenRequired = nameof(VfTokenRequired);

    /// <summary>The device has virtual functions, which end when it changes its driver.</summary>
    public const string PfHasVfs = nameof(PfHasVfs);

    /// <summary>The host's driver does not let go while the device is in use.</summary>
    public const string HostDriverWontRelease = nameof(HostDriverWontRelease);

    /// <summary>A driver other than the one that the kernel's command line asks for has the device.</summary>
    public const string LostBootRace = nameof(LostBootRace);

    /// <summary>The command line reserves devices by ids that others share.</summary>
    public const string IdCollision = nameof(IdCollision);

    /// <summary>The caller may not open the device's node.</summary>
    public const string NodeDenied = nameof(NodeDenied);

    /// <summary>The host cannot do without the device, or without another one that would have to go with it.</summary>
    public const string HostUseCritical = nameof(HostUseCritical);

    /// <summary>The host loses a display, console, keyboard or sound.</summary>
    public const string HostUseLost = nameof(HostUseLost);

    /// <summary>The group stands for no IOMMU at all (no-IOMMU mode).</summary>
    public const string NoIsolation = nameof(NoIsolation);

    /// <summary>Pictures come out of the card's own connectors only.</summary>
    public const string DisplayOutputLocal = nameof(DisplayOutputLocal);

    /// <summary>What Intel's integrated graphics needs beside itself.</summary>
    public const string IgdChecklist = nameof(IgdChecklist);

    /// <summary>AMD's integrated graphics may not start a second time.</summary>
    public const string ApuResetRisk = nameof(ApuResetRisk);

    /// <summary>Devices of this kind are known for resets that fail or do nothing.</summary>
    public const string HeuristicReset = nameof(HeuristicReset);

    /// <summary>There is a VFIO driver for this very kind of device.</summary>
    public const string VariantDriver = nameof(VariantDriver);

    /// <summary>Another function owns the device, and the host uses it.</summary>
    public const string ForeignOwner = nameof(ForeignOwner);

    /// <summary>Bridges cannot be given away.</summary>
    public const string BridgeNotAssignable = nameof(BridgeNotAssignable);

    /// <summary>An option on the kernel's command line, or a parameter, does not do what its users expect.</summary>
    public const string UselessOption = nameof(UselessOption);

    /// <summary>The host may not give the device message signalled interrupts.</summary>
    public const string MsiDisabled = nameof(MsiDisabled);

    /// <summary>The size of a BAR can be changed, but not now.</summary>
    public const string BarResizeBlocked = nameof(BarResizeBlocked);

    /// <summary>The device can be unplugged.</summary>
    public const string RemovableDevice = nameof(RemovableDevice);

    /// <summary>The firmware left a BAR without addresses.</summary>
    public const string BarUnassigned = nameof(BarUnassigned);

    /// <summary>The kernel said something else than the report (<c>--prove</c>).</summary>
    public const string ProofDiffers = nameof(ProofDiffers);
}
