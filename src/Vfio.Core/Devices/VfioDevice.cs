namespace Vfio.Core;

/// <summary>A device that this process owns: its memory, registers, configuration space, interrupts and reset.</summary>
/// <remarks>
/// <para>A device is open once in a process: share the object. Opening resets the device where it can be reset, and leaves bus mastering off: set
/// <see cref="PciCommand.BusMaster"/> in <see cref="PciConfigSpace.Command"/> when its DMA is set up.</para>
/// <para>Disposing closes in the order that the kernel wants, whatever else is still alive: interrupts and mapped
/// regions of the device end, then the device closes, and its group and address space with it where no other device uses
/// them. Buffers stay readable until they are disposed, but this device does not reach them any more.</para>
/// <para>Where somebody takes the device from under its user, by unbinding its driver or unplugging it, <see cref="Lifetime"/> tells; after
/// <see cref="VfioDeviceOptions.RemovalGracePeriod"/> the library closes it as disposing does, and every operation throws a
/// <see cref="VfioException"/> of the kind <see cref="VfioErrorKind.DeviceGone"/>.</para>
/// <para>All members may be used from several threads. An operation that runs while another thread disposes either
/// completes or throws <see cref="ObjectDisposedException"/>.</para>
/// </remarks>
public sealed partial class VfioDevice : IDisposable
{
    private static readonly VfioDeviceOptions _defaults = new();
    private static readonly ResetOptions _resetDefaults = new();

    private readonly Lock _closeGate = new();
    private readonly Lock _gate = new();
    private readonly HashSet<IDisposable> _children = [];
    private readonly IDeviceTransport _transport;
    private readonly DeviceAttachment _attachment;
    private readonly RemovalWatch? _watch;
    private bool _ended;
    private bool _closed;

    internal VfioDevice(VfioHost host, OpenedDevice opened, TimeSpan? gracePeriod = null)
    {
        _transport = opened.Transport;
        _transport.Ended = () => Ended(this);
        _attachment = opened.Attachment;
        Host = host;
        Regions = new DeviceRegions(this, _transport);
        Config = new PciConfigSpace(Regions.Config, _transport.Name);
        Interrupts = new DeviceInterrupts(this, _transport, host);

        // The kernel tells one process only, and whoever opened the device may be the one that it tells.
        _watch = opened.IsShared ? null : RemovalWatch.TryCreate(host, _transport);
        Lifetime = new DeviceLifetime(gracePeriod ?? Timeout.InfiniteTimeSpan, _watch is not null, Release);
        host.OpenFunctions.Announce(this);
        _watch?.Start(Lifetime.RequestRemoval);
    }

    /// <summary>The device's name; for PCI its address, for a mediated device its UUID.</summary>
    public string Name => _transport.Name;

    /// <summary>The memory that the device sees.</summary>
    /// <exception cref="InvalidOperationException">The device is detached, or it was passed in without its address space.</exception>
    /// <exception cref="VfioException">The device is gone.</exception>
    public AddressSpace Dma => OnAttachment(static attachment => attachment.Space)
        ?? throw new InvalidOperationException($"{Name} is attached to no address space that this process has: all of its DMA is blocked, or another process's business.");

    /// <summary>Whether the device is attached to an address space of this process.</summary>
    public bool IsAttached => _attachment.Space is not null;

    /// <summary>The back end that the device was opened with.</summary>
    /// <exception cref="InvalidOperationException">The device is detached, or it was passed in without its address space.</exception>
    public VfioBackend Backend => Dma.Backend;

    /// <summary>
    /// Whether an IOMMU keeps the device from memory that is not mapped for it. False only where the caller allowed that
    /// (<see cref="VfioDeviceOptions.AllowUnsafeNoIommu"/>): it can then read and write all of the machine's memory.
    /// </summary>
    public bool IsIsolated => _attachment.IsIsolated;

    /// <summary>The device's regions: BARs, expansion ROM and others.</summary>
    public DeviceRegions Regions { get; }

    /// <summary>The device's PCI configuration space.</summary>
    public PciConfigSpace Config { get; }

    /// <summary>The device's interrupts.</summary>
    public DeviceInterrupts Interrupts { get; }

    /// <summary>Whether the function can be reset alone (<c>VFIO_DEVICE_FLAGS_RESET</c>).</summary>
    public bool CanReset => _transport.CanReset;

    /// <summary>Opens a device that VFIO has: a PCI function that is bound to a VFIO driver, or a mediated device.</summary>
    /// <param name="name">Its address, such as <c>0000:00:03.0</c>, or its UUID.</param>
    /// <param name="options">How it is opened; null for the defaults.</param>
    /// <exception cref="FormatException">The text is neither a PCI address nor a UUID.</exception>
    /// <exception cref="VfioException">A step failed; the exception names it and says what to do.</exception>
    /// <exception cref="InvalidDataException">What the kernel tells of the device contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The address space has been disposed, and no device uses it any more.</exception>
    public static VfioDevice Open(string name, VfioDeviceOptions? options = null)
        => Guid.TryParseExact(name, "D", out Guid uuid) ? Open(uuid, options) : Open(PciAddress.Parse(name), options);

    /// <summary>Opens a PCI function that is bound to a VFIO driver.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="options">How it is opened; null for the defaults.</param>
    /// <exception cref="VfioException">A step failed; the exception names it and says what to do.</exception>
    /// <exception cref="InvalidDataException">What the kernel tells of the device contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The address space has been disposed, and no device uses it any more.</exception>
    public static VfioDevice Open(PciAddress address, VfioDeviceOptions? options = null)
        => Open(VfioHost.Local, address, options);

    /// <summary>Opens a mediated device.</summary>
    /// <param name="uuid">The UUID that it was made by.</param>
    /// <param name="options">How it is opened; null for the defaults.</param>
    /// <exception cref="VfioException">A step failed; the exception names it and says what to do.</exception>
    /// <exception cref="InvalidDataException">What the kernel tells of the device contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The address space has been disposed, and no device uses it any more.</exception>
    public static VfioDevice Open(Guid uuid, VfioDeviceOptions? options = null) => Open(VfioHost.Local, uuid, options);

    /// <summary>
    /// Moves the device to another address space, or back into one after <see cref="Detach"/> (<c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>). Where
    /// the IOMMU can, there is no moment in between. Iommufd only.
    /// </summary>
    /// <remarks>
    /// An address space that was not created by itself but with the device ends when the last device has left it for another, or closed.
    /// </remarks>
    /// <exception cref="VfioException">
    /// The back end cannot, other devices of the group are open and would be moved along, or the kernel refused; the device is where it was.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The device or the address space has been disposed.</exception>
    public void Attach(AddressSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        OnAttachment(attachment => attachment.Attach(space));
    }

    /// <summary>
    /// Moves the device to a page table, and so to its address space (<c>VFIO_DEVICE_ATTACH_IOMMUFD_PT</c>). To leave it for the one that the
    /// kernel keeps for the address space, attach the address space. Iommufd only.
    /// </summary>
    /// <exception cref="VfioException">
    /// The back end or the device cannot, other devices of the group are open and would be moved along, or the kernel refused; the device is
    /// where it was.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The device or the page table has been disposed.</exception>
    public void Attach(HardwarePageTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        OnAttachment(attachment => attachment.Attach(table));
    }

    /// <summary>Takes the device out of its address space: all of its DMA is blocked (<c>VFIO_DEVICE_DETACH_IOMMUFD_PT</c>). Iommufd only.</summary>
    /// <exception cref="VfioException">The back end cannot, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void Detach() => OnAttachment(static attachment => attachment.Detach());

    /// <summary>
    /// Lets the device's DMA with a process address space id go through a page table, in place of what the id had if anything
    /// (<c>VFIO_DEVICE_ATTACH_PASID</c>). Iommufd only, and a device and an IOMMU with process address space ids.
    /// </summary>
    /// <remarks>
    /// The kernel wants it made with <see cref="HardwarePageTableOptions.AllowPasid"/>, and the device itself attached to one that was.
    /// </remarks>
    /// <exception cref="VfioException">The back end or the device cannot, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The device or the page table has been disposed.</exception>
    public void AttachPasid(uint pasid, HardwarePageTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        OnAttachment(attachment => attachment.AttachPasid(pasid, table));
    }

    /// <summary>Blocks the device's DMA with a process address space id (<c>VFIO_DEVICE_DETACH_PASID</c>). Iommufd only.</summary>
    /// <exception cref="VfioException">Nothing is attached to the id, or the back end cannot.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void DetachPasid(uint pasid) => OnAttachment(attachment => attachment.DetachPasid(pasid));

    /// <summary>Tells of the IOMMU in front of the device (<c>IOMMU_GET_HW_INFO</c>). Iommufd only.</summary>
    /// <exception cref="VfioException">The back end cannot, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public IommuHardwareInfo GetIommuInfo() => OnAttachment(static attachment => attachment.GetHardwareInfo());

    /// <summary>Resets the function with the defaults of <see cref="ResetOptions"/>.</summary>
    /// <inheritdoc cref="Reset(ResetOptions)"/>
    public void Reset() => Reset(_resetDefaults);

    /// <summary>Resets the function alone (<c>VFIO_DEVICE_RESET</c>). The kernel restores its configuration space.</summary>
    /// <remarks>
    /// <para>Registers behind the BARs lose their state, and the device forgets what DMA it was told to do; mappings of memory stay.
    /// Accesses to a mapped BAR wait for the end of the reset. The kernel tries what <see cref="PciFunction.ResetMethods"/> lists.</para>
    /// <para>Interrupts stay enabled, and the kernel programs MSI and MSI-X again as they were; <see cref="ResetOptions.RearmInterrupts"/>
    /// makes sure of it. What the device itself needs to interrupt, its driver has to set up anew.</para>
    /// </remarks>
    /// <param name="options">How.</param>
    /// <exception cref="VfioException">
    /// The function has no reset, the reset failed, it was held off for too long, or the function was reset and what the options ask for
    /// could not be done after it.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public void Reset(ResetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        new DeviceReset(this, options).Function();
    }

    /// <summary>
    /// Resets the bus or the slot that the device is on, and so all functions of <see cref="GetHotResetInfo"/>
    /// (<c>VFIO_DEVICE_PCI_HOT_RESET</c>). This process must own all of them.
    /// </summary>
    /// <remarks>
    /// A device that was opened by its group shows the kernel the groups that this process has open; one that was opened by its own node
    /// needs the others to be of the same iommufd. Other devices of this process are reset beneath their users; what the options ask for is
    /// done for them too. Otherwise as <see cref="Reset(ResetOptions)"/>.
    /// </remarks>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>What was hit.</returns>
    /// <exception cref="VfioException">
    /// Nothing can reset the bus; others are in the way, and are named (<see cref="VfioErrorKind.ResetSetNotOwned"/>); the bus did not come
    /// back from the reset (<see cref="VfioErrorKind.DeviceUnreachable"/>); the reset was held off for too long
    /// (<see cref="VfioErrorKind.DeviceBusy"/>); or all were reset and what the options ask for could not be done after it.
    /// </exception>
    /// <exception cref="InvalidDataException">What the kernel tells contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public HotResetInfo HotReset(ResetOptions? options = null) => new DeviceReset(this, options ?? _resetDefaults).Hot(HotResetTransport);

    /// <summary>
    /// Tells which functions a reset of the device's bus or slot would hit, and which of them are in the way
    /// (<c>VFIO_DEVICE_GET_PCI_HOT_RESET_INFO</c>). Changes nothing.
    /// </summary>
    /// <exception cref="VfioException">
    /// The device is none that a bus or slot could reset, such as a mediated one; a function on the bus is in no group, without which
    /// the kernel does not answer; or the kernel refused.
    /// </exception>
    /// <exception cref="InvalidDataException">What the kernel tells contradicts itself.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public HotResetInfo GetHotResetInfo() => new HotResetSurvey(Host).Take(HotResetTransport, Name);

    internal VfioHost Host { get; }

    internal DeviceAttachment Attachment => _attachment;

    internal IDeviceTransport Transport => _transport;

    private IHotResetTransport HotResetTransport => _transport as IHotResetTransport ?? throw ResetErrors.NoHotReset(Name);

    internal static VfioDevice Open(VfioHost host, PciAddress address, VfioDeviceOptions? options)
        => Open(host, HostDevice.Find(host, address), options);

    internal static VfioDevice Open(VfioHost host, Guid uuid, VfioDeviceOptions? options)
        => Open(host, HostDevice.Find(host, uuid), options);

    private static VfioDevice Open(VfioHost host, HostDevice device, VfioDeviceOptions? options)
    {
        options ??= _defaults;
        OpenedDevice opened = new DeviceOpener(host).Open(device, options);
        try
        {
            return new VfioDevice(host, opened, options.RemovalGracePeriod);
        }
        catch
        {
            opened.Transport.Dispose();
            opened.Attachment.Release();
            throw;
        }
    }
}
