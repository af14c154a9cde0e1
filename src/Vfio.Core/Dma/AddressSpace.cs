using System.Runtime.InteropServices;

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
public sealed class AddressSpace : IDisposable
{
    private static readonly DmaBufferOptions _defaultBuffer = new();
    private static long _created;

    private readonly Lock _gate = new();
    private readonly UseCount _users = new();
    private readonly MappingTable _table;
    private readonly long _order = Interlocked.Increment(ref _created);
    private int _devices;
    private int _disposed;

    private AddressSpace(VfioHost host, IommuBackend iommu)
    {
        Host = host;
        Iommu = iommu;
        _table = new MappingTable(iommu.Path, iommu.MapStep);
    }

    /// <summary>The back end in use.</summary>
    /// <exception cref="InvalidOperationException">A container whose module is not loaded yet chooses its version with the first device.</exception>
    public VfioBackend Backend => Iommu.Kind
        ?? throw new InvalidOperationException("The container chooses its version when the first device is attached.");

    /// <summary>Whether an IOMMU keeps devices from memory that is not mapped. False only where somebody allowed that.</summary>
    public bool IsIsolated => Iommu.IsIsolated;

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

    /// <summary>The live mappings. Only for a step of <see cref="WithDevices"/>.</summary>
    internal IReadOnlyCollection<DmaMapping> LiveMappings => _table.Mappings;

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

    /// <summary>Makes a buffer of pages of its own, and maps it (<c>VFIO_IOMMU_MAP_DMA</c>, <c>IOMMU_IOAS_MAP</c>).</summary>
    /// <param name="length">The length in bytes, rounded up to whole pages.</param>
    /// <param name="options">How it is made and mapped; null for the defaults.</param>
    /// <returns>The buffer, zeroed. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no memory, no address, or the kernel refused to map.</exception>
    public DmaBuffer Allocate(long length, DmaBufferOptions? options = null)
        => DmaBuffer.Create(this, length, options ?? _defaultBuffer);

    /// <summary>Maps memory that the caller owns (<c>VFIO_IOMMU_MAP_DMA</c>, <c>IOMMU_IOAS_MAP</c>).</summary>
    /// <param name="address">The first byte, on a page boundary.</param>
    /// <param name="length">The length in bytes, whole pages.</param>
    /// <param name="options">How it is mapped; null for the defaults.</param>
    /// <returns>The mapping. The caller disposes it before the memory goes away.</returns>
    /// <remarks>
    /// Dangerous because nothing ties the memory's life to the mapping's: the device reaches every byte of the pages
    /// until the mapping is disposed, whatever the process uses them for by then. Memory that the garbage collector
    /// moves or that shares its pages with other objects must never be mapped. A device's registers are mapped by
    /// <see cref="MapRegion"/>; their address in the process is not taken by every back end.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The address or the length is not a multiple of the page size, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no address, or the kernel refused to map.</exception>
    public DmaMapping DangerousMap(nint address, long length, DmaMapOptions? options = null)
    {
        RequirePages(address, nameof(address));
        RequireLength(length);
        return Map(new DmaSource(address), (ulong)length, (ulong)Environment.SystemPageSize, options ?? _defaultBuffer);
    }

    /// <summary>Maps part of a file of memory (<c>memfd_create</c>, huge pages included) by its descriptor (<c>IOMMU_IOAS_MAP_FILE</c>).</summary>
    /// <param name="file">The file. It need not stay open for the mapping's sake: the mapping keeps the handle from being closed.</param>
    /// <param name="offset">Where the part begins, in bytes, on a page boundary.</param>
    /// <param name="length">Its length in bytes, whole pages.</param>
    /// <param name="options">How it is mapped; null for the defaults.</param>
    /// <returns>The mapping. The pages stay until it is disposed, whatever becomes of the file.</returns>
    /// <remarks>Where the kernel does not map by descriptor, the library maps the file into the process first.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The offset or the length is not a multiple of the page size, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no address, or the kernel refused to map; it takes files of memory only.</exception>
    /// <exception cref="ObjectDisposedException">The file, or the address space, has been closed.</exception>
    public DmaMapping MapFile(SafeHandle file, long offset, long length, DmaMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        RequirePages((nint)offset, nameof(offset));
        RequireLength(length);
        ulong pageSize = (ulong)Environment.SystemPageSize;
        options ??= _defaultBuffer;
        if (Iommu.MapsFiles)
        {
            return Map(new DmaSource(0, File: file, FileOffset: offset), (ulong)length, pageSize, options);
        }

        // The mapping has the pages from here on.
        using MemoryHandle pages = MemoryHandle.MapFile(Host.Kernel, file, offset, length, options.Access.HasFlag(DmaAccess.Write));
        return Map(new DmaSource(pages.Address, pages, file, offset), (ulong)length, pageSize, options);
    }

    /// <summary>Maps registers or memory of one device for the DMA of others (peer to peer).</summary>
    /// <param name="region">A BAR that can be mapped, of a device whose memory is enabled (<see cref="PciCommand.Memory"/>).</param>
    /// <param name="offset">Where the part begins, in bytes, on a page boundary.</param>
    /// <param name="length">Its length in bytes, whole pages.</param>
    /// <param name="options">How it is mapped; null for the defaults.</param>
    /// <returns>The mapping. It ends with the region's device at the latest.</returns>
    /// <remarks>
    /// A container maps the process's view of the BAR. iommufd takes a dma-buf of it (<c>VFIO_DEVICE_FEATURE_DMA_BUF</c>, from Linux 7.0
    /// on, with <c>CONFIG_PCI_P2PDMA</c>). iommufd in a container's place does neither. Whether the platform routes such
    /// accesses is for it to say.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie in what can be mapped of the region.</exception>
    /// <exception cref="VfioException">The back end, the kernel or the device cannot do so, or the kernel refused.</exception>
    public DmaMapping MapRegion(DeviceRegion region, long offset, long length, DmaMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        RequirePages((nint)offset, nameof(offset));
        RequireLength(length);
        options ??= _defaultBuffer;
        return region.Lend(
            offset,
            length,
            (transport, info) =>
            {
                DmaSource source = Iommu.SourceOf(transport, info, offset, length);
                try
                {
                    return Map(source, (ulong)length, (ulong)Environment.SystemPageSize, options);
                }
                finally
                {
                    // The mapping has them from here on.
                    source.Pages?.Dispose();
                    source.File?.Dispose();
                }
            });
    }

    /// <summary>Undoes every mapping, in one call where the kernel can (<c>VFIO_DMA_UNMAP_FLAG_ALL</c>, <c>IOMMU_IOAS_UNMAP</c>).</summary>
    /// <remarks>The memory of buffers stays until they are disposed. That there is nothing to undo is no error.</remarks>
    /// <exception cref="VfioException">The kernel refused; the mappings that it did not undo are still live.</exception>
    public void UnmapAll()
    {
        lock (_gate)
        {
            bool gone = _table.Count == 0 || Iommu.TryUnmapAll();
            foreach (DmaMapping mapping in _table.Mappings.ToArray())
            {
                if (!gone)
                {
                    Iommu.Unmap(mapping.Key, mapping.Size);
                }

                _table.Remove(mapping);
            }
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

    /// <summary>Counts a device in, unless the last user has left already.</summary>
    internal bool TryAddUser() => _users.TryAdd();

    internal void RemoveUser()
    {
        if (_users.Remove())
        {
            if (Iommu.OutlivesRelease)
            {
                EndAll();
            }

            Iommu.Release();
        }
    }

    /// <summary>
    /// Runs a step that changes which devices are attached. The kernel may make and drop the IOMMU with the first and the
    /// last of them, and changes the ranges: no mapping may be made or undone between that and its being known here.
    /// </summary>
    internal T WithDevices<T>(Func<T> step)
    {
        lock (_gate)
        {
            return step();
        }
    }

    /// <summary>Learns what a device that was just attached has left of the ranges. Only in a step of <see cref="WithDevices"/>.</summary>
    internal void DeviceJoined() => _table.SetRanges(Iommu.QueryInfo().Ranges);

    /// <summary>Counts a device that is attached by itself, until <see cref="DeviceLeft"/>.</summary>
    internal void CountDevice() => Interlocked.Increment(ref _devices);

    /// <summary>Learns that a device was detached: its reserved addresses are free again.</summary>
    internal void DeviceLeft()
    {
        lock (_gate)
        {
            if (Interlocked.Decrement(ref _devices) == 0 && Iommu.EndsWithLastDevice)
            {
                EndAll();
            }

            LearnRanges();
        }
    }

    /// <summary>Learns that a page table is given up: what it kept of the ranges may be free again.</summary>
    internal void TableLeft()
    {
        lock (_gate)
        {
            LearnRanges();
        }
    }

    /// <summary>
    /// Reads what was written through a page table. No mapping may go meanwhile: the kernel would end there, and not say so.
    /// </summary>
    internal void ReadDirtyBitmap(PageTableObject table, Iova first, ulong length, ulong pageSize, Span<ulong> bitmap, bool clear)
    {
        lock (_gate)
        {
            if (!_table.IsMapped(first, length))
            {
                throw PageTableErrors.Hole(Path, first, length);
            }

            table.GetDirtyBitmap(first, length, pageSize, bitmap, clear);
        }
    }

    /// <summary>
    /// Looks at the ranges again where nothing may fail any more. What it knew before will do: the kernel refuses what is wrong.
    /// </summary>
    internal void LearnRanges()
    {
        try
        {
            DeviceJoined();
        }
        catch (Exception error) when (error is VfioException or ObjectDisposedException or InvalidDataException)
        {
            // See above.
        }
    }

    internal DmaMapping Map(in DmaSource source, ulong length, ulong pageSize, DmaMapOptions options)
    {
        options.Check(length, pageSize);
        lock (_gate)
        {
            RequireMappable();
            DmaMapping mapping = Enter(source, length, pageSize, options);
            try
            {
                mapping.Settle(Iommu.Map(mapping.Key, source, length, options.Access));
                RequireReachable(mapping, options);
                return mapping;
            }
            catch
            {
                _table.Remove(mapping);
                throw;
            }
        }
    }

    /// <summary>Maps here what is mapped elsewhere, without pinning it again where the kernel can do so.</summary>
    internal DmaMapping Copy(DmaMapping original, AddressSpace origin, DmaMapOptions options)
    {
        options.Check(original.Size, original.PageSize);
        (AddressSpace lower, AddressSpace higher) = origin._order < _order ? (origin, this) : (this, origin);
        lock (lower._gate)
        {
            lock (higher._gate)
            {
                ObjectDisposedException.ThrowIf(!original.IsLive, original);
                RequireMappable();
                DmaMapping mapping = Enter(original.Source, original.Size, original.PageSize, options);
                try
                {
                    if (Iommu.TryCopy(origin.Iommu, original.Key, mapping.Key, mapping.Size, options.Access))
                    {
                        mapping.Settle(mapping.Key);
                    }
                    else
                    {
                        RequireMemory(original);
                        mapping.Settle(Iommu.Map(mapping.Key, original.Source, mapping.Size, options.Access));
                        RequireReachable(mapping, options);
                    }

                    return mapping;
                }
                catch
                {
                    _table.Remove(mapping);
                    throw;
                }
            }
        }
    }

    /// <summary>Undoes a mapping, once.</summary>
    /// <returns>Whether it was still live.</returns>
    internal bool Unmap(DmaMapping mapping)
    {
        lock (_gate)
        {
            if (!mapping.IsLive)
            {
                return false;
            }

            try
            {
                Iommu.Unmap(mapping.Key, mapping.Size);
            }
            catch (ObjectDisposedException)
            {
                // The kernel's object is gone, and its mappings with it.
            }

            _table.Remove(mapping);
            return true;
        }
    }

    private void EndAll()
    {
        try
        {
            UnmapAll();
        }
        catch (VfioException)
        {
            // They stay live, and their memory with them.
        }
    }

    private static AddressSpace Started(VfioHost host, IommuBackend iommu)
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

    private static void RequirePages(nint position, string name)
    {
        if ((position & (Environment.SystemPageSize - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(name, $"0x{position:x} is not on a page boundary.");
        }
    }

    private static void RequireLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if ((length & (Environment.SystemPageSize - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x} bytes are not whole pages.");
        }
    }

    private DmaMapping Enter(in DmaSource source, ulong length, ulong pageSize, DmaMapOptions options)
        => IsIsolated || options.Iova is null
            ? _table.Add(this, source, length, pageSize, options)
            : throw DmaErrors.NotChosen(Iommu.MapStep, Path);

    // Where no IOMMU translates, the address is known only once the memory is pinned.
    private void RequireReachable(DmaMapping mapping, DmaMapOptions options)
    {
        if (!IsIsolated && mapping.Size - 1 > options.HighestAddress - Math.Min(options.HighestAddress, mapping.Iova))
        {
            Iommu.Unmap(mapping.Key, mapping.Size);
            throw DmaErrors.Unreachable(Iommu.MapStep, Path, mapping.Iova, mapping.Size, options.AddressBits);
        }
    }

    private void RequireMemory(DmaMapping original)
    {
        if (original.Source.Address == 0 && !Iommu.MapsFiles)
        {
            throw BackendErrors.NotSupported(
                Iommu.MapStep, Path, Iommu.Kind, "mapping a file that the process does not see", "Map the file here by itself (MapFile)");
        }
    }

    private void RequireMappable()
    {
        RequireReady(Iommu.MapStep);
        if (Iommu.EndsWithLastDevice && Volatile.Read(ref _devices) == 0)
        {
            throw DmaErrors.NoDevice(Path, Iommu.MapStep);
        }
    }

    private void RequireReady(string step)
    {
        ObjectDisposedException.ThrowIf(_users.IsOver, this);
        Iommu.RequireReady(step);
    }
}
