using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <summary>
/// The memory that devices see: mappings from I/O virtual addresses to memory, kept by the IOMMU. In the kernel's terms an IOAS of
/// iommufd's, or a VFIO container with its IOMMU model; which of them makes no difference to a program, except where a member says so.
/// </summary>
/// <remarks>
/// <para>A device opened without naming an address space gets its own. To share one among devices, create it and name
/// it in <see cref="VfioDeviceOptions.AddressSpace"/>; devices of one IOMMU group share theirs in any case.</para>
/// <para>Mappings live until they are disposed, also while no device is attached: where the kernel drops them with the last
/// device, they are made again with the next. The kernel's object closes when the address space has been disposed
/// and its last device is closed.</para>
/// <para>All members are thread-safe. A mapping is made or undone by one thread at a time, as in the kernel.</para>
/// </remarks>
public sealed partial class AddressSpace : IDisposable
{
    private static readonly DmaBufferOptions _defaultBuffer = new();
    private static long _created;

    private readonly Lock _gate = new();
    private readonly UseCount _users = new();
    private readonly MappingTable _table;

    // What the back end says once and for all, for the path of every mapping.
    private readonly bool _isIsolated;
    private readonly bool _endsWithLastDevice;
    private readonly string _mapStep;
    private readonly long _order = Interlocked.Increment(ref _created);
    private int _devices;
    private int _disposed;
    private bool _released;

    private AddressSpace(VfioHost host, IommuBackend iommu)
    {
        Host = host;
        Iommu = iommu;
        _isIsolated = iommu.IsIsolated;
        _endsWithLastDevice = iommu.EndsWithLastDevice;
        _mapStep = iommu.MapStep;
        _table = new MappingTable(iommu.Path, _mapStep);
    }

    /// <summary>The back end in use.</summary>
    /// <exception cref="InvalidOperationException">A container whose module is not loaded yet chooses its version with the first device.</exception>
    public VfioBackend Backend => Iommu.Kind
        ?? throw new InvalidOperationException("The container chooses its version when the first device is attached.");

    /// <summary>Whether an IOMMU keeps devices from memory that is not mapped. False only where somebody allowed that.</summary>
    public bool IsIsolated => _isIsolated;

    /// <summary>The addresses that can be mapped, sorted and disjoint; empty in a container of VFIO's own while no device has been attached.</summary>
    public IReadOnlyList<IovaRange> Ranges
    {
        get
        {
            lock (_gate)
            {
                return _table.Ranges;
            }
        }
    }

    /// <summary>How many mappings are live.</summary>
    public int MappingCount
    {
        get
        {
            lock (_gate)
            {
                return _table.Count;
            }
        }
    }

    internal VfioHost Host { get; }

    internal IommuBackend Iommu { get; }

    internal string Path => Iommu.Path;

    /// <summary>The books. Only for a step of <see cref="WithDevices"/>.</summary>
    internal MappingTable Table => _table;

    /// <summary>Creates an address space with no device in it (opens <c>/dev/iommu</c> or <c>/dev/vfio/vfio</c>).</summary>
    /// <param name="options">How it is made; null for the defaults.</param>
    /// <exception cref="VfioException">The kernel has no VFIO, the process may not open it, or the back end lacks what was asked for.</exception>
    public static AddressSpace Create(AddressSpaceOptions? options = null) => Create(VfioHost.Local, options);

    /// <summary>Asks the kernel what the address space is like now (<c>VFIO_IOMMU_GET_INFO</c>, <c>IOMMU_IOAS_IOVA_RANGES</c>).</summary>
    /// <exception cref="VfioException">It is a container, and no device is attached.</exception>
    public AddressSpaceInfo GetInfo()
    {
        lock (_gate)
        {
            RequireReady(Iommu.InfoStep);
            return Iommu.QueryInfo();
        }
    }

    /// <summary>
    /// Sets addresses aside (<c>IOMMU_IOAS_ALLOW_IOVAS</c>): no device that joins later takes them away, because a device that reserves
    /// some of them cannot join; and the library chooses addresses among them only. Iommufd only.
    /// </summary>
    /// <param name="ranges">Disjoint ranges of at least two bytes; none to allow everything again.</param>
    /// <exception cref="VfioException">The back end cannot, or a device that is attached reserves some of the addresses.</exception>
    public void AllowIovas(params ReadOnlySpan<IovaRange> ranges)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users.IsOver, this);
            Iommu.AllowIovas(ranges);
            _table.Allow(IovaRange.Sorted(ranges.ToArray(), "IOMMU_IOAS_ALLOW_IOVAS"));
        }
    }

    /// <summary>
    /// Makes a page table that devices can be attached to in the address space's place (<c>IOMMU_HWPT_ALLOC</c>):
    /// <see cref="VfioDevice.Attach(HardwarePageTable)"/>. Iommufd only.
    /// </summary>
    /// <param name="device">The device whose IOMMU it is for. It is not attached yet, and others behind the same IOMMU can be too.</param>
    /// <param name="options">What it can do beyond translating; null for nothing.</param>
    /// <returns>The page table, filled with the mappings. The caller disposes it; the address space stays until then.</returns>
    /// <exception cref="VfioException">The back end, the kernel or the device's IOMMU cannot, and nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The address space, the device or the fault queue has been disposed.</exception>
    public HardwarePageTable AllocatePageTable(VfioDevice device, HardwarePageTableOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        return HardwarePageTable.Allocate(this, device.Attachment, options ?? new HardwarePageTableOptions());
    }

    /// <summary>
    /// Makes a queue of page faults (<c>IOMMU_FAULT_QUEUE_ALLOC</c>), for page tables of this and every other address space of the same
    /// iommufd. Iommufd only.
    /// </summary>
    /// <returns>The queue. The caller disposes it.</returns>
    /// <exception cref="VfioException">The back end or the kernel (before Linux 6.11) cannot.</exception>
    /// <exception cref="ObjectDisposedException">The address space has been disposed.</exception>
    public FaultQueue AllocateFaultQueue() => FaultQueue.Allocate(this);

    /// <summary>
    /// Charges this process with the memory that is pinned, in every address space of the same iommufd (<c>IOMMU_IOAS_CHANGE_PROCESS</c>):
    /// for a process that has taken the descriptor over from another. Iommufd only, and files only: <see cref="MapFile"/>, and buffers
    /// with <see cref="DmaBufferOptions.IsFile"/>.
    /// </summary>
    /// <exception cref="VfioException">The back end cannot, or a mapping is of memory without a file.</exception>
    public void TakeOverAccounting()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users.IsOver, this);
            Iommu.ChangeProcess();
        }
    }

    /// <summary>Gives the address space up. Its devices keep the kernel's object until they are closed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            RemoveUser();
        }
    }

    internal static AddressSpace Create(VfioHost host, AddressSpaceOptions? options)
        => Started(host, BackendOpener.Open(host, options ?? new AddressSpaceOptions()));

    /// <summary>Creates one on the first of several back ends that one node serves.</summary>
    internal static AddressSpace Create(VfioHost host, IReadOnlyList<VfioBackend> backends, AddressSpaceOptions options)
        => Started(host, BackendOpener.Open(host, backends, options));

    /// <summary>Makes one of a back end, which is its own from here on.</summary>
    internal static AddressSpace Started(VfioHost host, IommuBackend iommu)
    {
        try
        {
            var space = new AddressSpace(host, iommu);
            if (iommu.TakesMappingsAtOnce)
            {
                space.DeviceJoined();
            }

            return space;
        }
        catch
        {
            iommu.Release();
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireReady(string step)
    {
        ObjectDisposedException.ThrowIf(_users.IsOver, this);
        Iommu.RequireReady(step);
    }
}
