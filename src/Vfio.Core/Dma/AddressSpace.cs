namespace Vfio.Core;

/// <summary>
/// The memory that devices see: mappings from I/O virtual addresses to memory of this process, kept by the IOMMU. In
/// the kernel's terms a VFIO container with its IOMMU model.
/// </summary>
/// <remarks>
/// <para>A device opened without naming an address space gets its own. To share one among devices, create it and name
/// it in <see cref="VfioDeviceOptions.AddressSpace"/>; devices of one IOMMU group share theirs in any case.</para>
/// <para>Mappings live until they are disposed, also while no device is attached: the kernel drops them with the last
/// device, and they are made again with the next. The kernel's object closes when the address space has been disposed
/// and its last device is closed.</para>
/// <para>All members are thread-safe. A mapping is made or undone by one thread at a time, as in the kernel.</para>
/// </remarks>
public sealed class AddressSpace : IDisposable
{
    private static readonly DmaBufferOptions _defaultBuffer = new();

    private readonly Lock _gate = new();
    private readonly UseCount _users = new();
    private readonly MappingTable _table;
    private int _disposed;

    internal AddressSpace(VfioHost host, IommuBackend backend, string path)
    {
        Host = host;
        Backend = backend;
        Path = path;
        _table = new MappingTable(path);
    }

    /// <summary>The model in use. Known once a device is attached.</summary>
    /// <exception cref="InvalidOperationException">No device has been attached yet.</exception>
    public IommuModel Model => Backend.Model;

    /// <summary>The addresses that can be mapped, sorted and disjoint; empty while no device has been attached.</summary>
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

    internal IommuBackend Backend { get; }

    internal string Path { get; }

    /// <summary>Creates an address space with no device in it (opens <c>/dev/vfio/vfio</c>).</summary>
    /// <param name="options">How it is made; null for the defaults.</param>
    /// <exception cref="VfioException">The kernel has no VFIO, or the process may not open it.</exception>
    public static AddressSpace Create(AddressSpaceOptions? options = null) => Create(VfioHost.Local, options);

    /// <summary>Asks the kernel what the address space is like now (<c>VFIO_IOMMU_GET_INFO</c>).</summary>
    /// <exception cref="VfioException">No device is attached.</exception>
    public AddressSpaceInfo GetInfo()
    {
        lock (_gate)
        {
            RequireDevice("VFIO_IOMMU_GET_INFO");
            return Backend.QueryInfo();
        }
    }

    /// <summary>Makes a buffer of pages of its own, and maps it (<c>VFIO_IOMMU_MAP_DMA</c>).</summary>
    /// <param name="length">The length in bytes, rounded up to whole pages.</param>
    /// <param name="options">How it is made and mapped; null for the defaults.</param>
    /// <returns>The buffer, zeroed. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no memory, no address, or the kernel refused to map.</exception>
    public DmaBuffer Allocate(long length, DmaBufferOptions? options = null)
        => DmaBuffer.Create(this, length, options ?? _defaultBuffer);

    /// <summary>Maps memory that the caller owns (<c>VFIO_IOMMU_MAP_DMA</c>).</summary>
    /// <param name="address">The first byte, on a page boundary.</param>
    /// <param name="length">The length in bytes, whole pages.</param>
    /// <param name="options">How it is mapped; null for the defaults.</param>
    /// <returns>The mapping. The caller disposes it before the memory goes away.</returns>
    /// <remarks>
    /// Dangerous because nothing ties the memory's life to the mapping's: the device reaches every byte of the pages
    /// until the mapping is disposed, whatever the process uses them for by then. Memory that the garbage collector
    /// moves or that shares its pages with other objects must never be mapped.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The address or the length is not a multiple of the page size, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no address, or the kernel refused to map.</exception>
    public DmaMapping DangerousMap(nint address, long length, DmaMapOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        if ((address & (Environment.SystemPageSize - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x} is not on a page boundary.");
        }

        if ((length & (Environment.SystemPageSize - 1)) != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x} bytes are not whole pages.");
        }

        return Map(address, (ulong)length, (ulong)Environment.SystemPageSize, options ?? _defaultBuffer);
    }

    /// <summary>Undoes every mapping, in one call where the kernel can (<c>VFIO_DMA_UNMAP_FLAG_ALL</c>).</summary>
    /// <remarks>The memory of buffers stays until they are disposed.</remarks>
    /// <exception cref="VfioException">The kernel refused; the mappings that it did not undo are still live.</exception>
    public void UnmapAll()
    {
        lock (_gate)
        {
            bool gone = !Backend.IsAttached || Backend.TryUnmapAll();
            foreach (DmaMapping mapping in _table.Mappings.ToArray())
            {
                if (!gone)
                {
                    Backend.Unmap(mapping.Iova, mapping.Size);
                }

                _table.Remove(mapping);
            }
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
        => new(host, Type1Backend.Open(host, options?.Model), host.Paths.ContainerNode);

    /// <summary>Counts a device in, unless the last user has left already.</summary>
    internal bool TryAddUser() => _users.TryAdd();

    internal void RemoveUser()
    {
        if (_users.Remove())
        {
            Backend.Release();
        }
    }

    /// <summary>
    /// Runs a step that changes which groups are attached. The kernel makes and drops the IOMMU with the first and the
    /// last of them: no mapping may be made or undone between that and its being known here.
    /// </summary>
    internal T WithGroups<T>(Func<T> step)
    {
        lock (_gate)
        {
            return step();
        }
    }

    /// <summary>
    /// Brings the books in line with the kernel after a device was attached: its IOMMU may narrow the ranges, and the
    /// first device of an empty container finds none of the mappings that it had before.
    /// </summary>
    internal void DeviceAttached(bool first)
    {
        lock (_gate)
        {
            _table.SetRanges(Backend.QueryInfo().Ranges);
            if (first)
            {
                foreach (DmaMapping mapping in _table.Mappings)
                {
                    Backend.Map(mapping.Iova, mapping.Address, mapping.Size, mapping.Access);
                }
            }
        }
    }

    internal DmaMapping Map(nint address, ulong length, ulong pageSize, DmaMapOptions options)
    {
        options.Check(length, pageSize);
        lock (_gate)
        {
            RequireDevice("VFIO_IOMMU_MAP_DMA");
            DmaMapping mapping = _table.Add(this, address, length, pageSize, options);
            try
            {
                Backend.Map(mapping.Iova, address, length, options.Access);
                return mapping;
            }
            catch
            {
                _table.Remove(mapping);
                throw;
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

            // Without a device the kernel has dropped its mappings already, and there is nothing to ask it for.
            if (Backend.IsAttached)
            {
                Backend.Unmap(mapping.Iova, mapping.Size);
            }

            _table.Remove(mapping);
            return true;
        }
    }

    private void RequireDevice(string step)
    {
        ObjectDisposedException.ThrowIf(_users.IsOver, this);
        if (!Backend.IsAttached)
        {
            throw DmaErrors.NoDevice(Path, step);
        }
    }
}
