using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <content>Making and finding mappings.</content>
public sealed partial class AddressSpace
{
    /// <summary>Makes a buffer of pages of its own, and maps it (<c>VFIO_IOMMU_MAP_DMA</c>, <c>IOMMU_IOAS_MAP</c>).</summary>
    /// <param name="length">The length in bytes, rounded up to whole pages.</param>
    /// <param name="options">How it is made and mapped; null for the defaults.</param>
    /// <returns>The buffer, zeroed. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or an option makes no sense.</exception>
    /// <exception cref="VfioException">There is no memory, no address, or the kernel refused to map.</exception>
    public DmaBuffer Allocate(long length, DmaBufferOptions? options = null)
        => DmaBuffer.Create(this, length, options ?? _defaultBuffer);

    /// <summary>
    /// Makes a large buffer: fills in its pages with several threads, then pins and maps them in pieces, and tells how far it is.
    /// </summary>
    /// <param name="length">The length in bytes, rounded up to whole pages.</param>
    /// <param name="options">How it is made and mapped; null for the defaults.</param>
    /// <param name="progress">Told about every 50 ms, and once at the end of each stage, on a thread of the pool; null for nobody.</param>
    /// <param name="cancellationToken">Stops it, within about the time that one piece takes (32 MiB to fill in, 256 MiB to map).</param>
    /// <returns>The buffer, zeroed, as from <see cref="Allocate"/>. The caller disposes it.</returns>
    /// <remarks>
    /// While pages are mapped, no other mapping is made or undone in this address space, as while the kernel does so. In a type1 container
    /// each piece of 256 MiB counts against the limit of mappings.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or an option makes no sense.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, and nothing is left of it.</exception>
    /// <exception cref="VfioException">There is no memory, no address, or the kernel refused to map; nothing is left of it.</exception>
    public Task<DmaBuffer> AllocateLargeAsync(
        long length,
        DmaBufferOptions? options = null,
        IProgress<DmaProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        options ??= _defaultBuffer;
        if (options.PopulationThreads < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"Pages cannot be filled in by {options.PopulationThreads} threads.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        return new BulkAllocation(this, options, progress).RunAsync(length, cancellationToken);
    }

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
        return Map(new DmaSource(address), (ulong)length, (ulong)SystemPage.Size, options ?? _defaultBuffer);
    }

    /// <summary>
    /// Maps memory that the caller owns, as a value: for one transfer, after which it is undone (a streaming mapping, in the terms of the
    /// kernel's DMA API). Allocates nothing while no more mappings are live than ever before.
    /// </summary>
    /// <inheritdoc cref="DangerousMap"/>
    /// <returns>The mapping. The caller undoes it (<see cref="StreamingMapping.Unmap"/>) before the memory goes away.</returns>
    public StreamingMapping DangerousMapStreaming(nint address, long length, DmaMapOptions? options = null)
    {
        RequirePages(address, nameof(address));
        RequireLength(length);
        ulong pageSize = (ulong)SystemPage.Size;
        options ??= _defaultBuffer;
        options.Check((ulong)length, pageSize);
        lock (_gate)
        {
            RequireMappable();
            int slot = Enter(address, (ulong)length, pageSize, options);
            ref readonly LiveMapping mapping = ref _table[slot];
            if (!_isIsolated)
            {
                MapOrUndo(slot, options);
            }
            else if (Iommu.MapMemory(mapping.Key, address, (ulong)length, options.Access) is < 0 and int error)
            {
                _table.Remove(slot);
                throw Iommu.MapError(mapping.Key, (ulong)length, -error);
            }

            return new StreamingMapping(this, slot, mapping.Serial, mapping.Iova, address, length);
        }
    }

    /// <summary>Finds where devices see a byte of the process's memory.</summary>
    /// <param name="address">The byte's address in the process.</param>
    /// <param name="iova">Its address for devices; where several live mappings have it, that of any of them.</param>
    /// <returns>Whether a live mapping has it.</returns>
    /// <remarks>
    /// Takes time with the logarithm of the number of live mappings. The first call enters all of them into an index, which is kept from
    /// there on; the same holds for <see cref="TryGetAddress"/>.
    /// </remarks>
    public bool TryGetIova(nint address, out Iova iova)
    {
        lock (_gate)
        {
            int slot = _table.FindByAddress(address);
            iova = slot < 0 ? default : _table[slot].Iova + (address - _table[slot].Address);
            return slot >= 0;
        }
    }

    /// <summary>Finds where devices see bytes of the process's memory, if they see them in one piece.</summary>
    /// <param name="address">The address of the first byte in the process.</param>
    /// <param name="length">How many bytes, at least one.</param>
    /// <param name="iova">The first byte's address for devices.</param>
    /// <returns>
    /// Whether live mappings have all of them, at addresses that follow each other. Where several mappings have the same bytes, those of any of them
    /// are looked at.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    /// <inheritdoc cref="TryGetIova(nint, out Iova)" path="/remarks"/>
    public bool TryGetIova(nint address, long length, out Iova iova)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        iova = default;
        lock (_gate)
        {
            ulong done = 0;
            while (done < (ulong)length)
            {
                int slot = _table.FindByAddress(address + (nint)done);
                if (slot < 0)
                {
                    return false;
                }

                ref readonly LiveMapping mapping = ref _table[slot];
                ulong inside = (ulong)(address + (nint)done - mapping.Address);
                Iova here = mapping.Iova + (long)inside;
                if (done == 0)
                {
                    iova = here;
                }
                else if (here.Value - iova.Value != done)
                {
                    return false;
                }

                done += mapping.Size - inside;
            }

            return true;
        }
    }

    /// <summary>Finds where the process sees what devices see at an IOVA.</summary>
    /// <param name="iova">The byte's address for devices.</param>
    /// <param name="address">Its address in the process.</param>
    /// <returns>Whether a live mapping has it, and the process sees it: of a device's registers, and of a file that is mapped by its descriptor, it does not.</returns>
    public bool TryGetAddress(Iova iova, out nint address)
    {
        lock (_gate)
        {
            int slot = _table.FindByIova(iova);
            bool seen = slot >= 0 && _table[slot].Address != 0;
            address = seen ? _table[slot].Address + (nint)(iova - _table[slot].Iova) : 0;
            return seen;
        }
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
        ulong pageSize = (ulong)SystemPage.Size;
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
                    return Map(source, (ulong)length, (ulong)SystemPage.Size, options);
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
            bool gone = _table.Count == 0 || TryUnmapAll();
            VfioException? first = null;
            for (int slot = 0; slot < _table.SlotCount; slot++)
            {
                if (!_table.IsLive(slot))
                {
                    continue;
                }

                try
                {
                    if (!gone)
                    {
                        Undo(slot);
                    }

                    _table.Remove(slot);
                }
                catch (VfioException error)
                {
                    // The others are undone all the same.
                    first ??= error;
                }
            }

            if (first is not null)
            {
                ExceptionDispatchInfo.Throw(first);
            }
        }
    }

    private bool TryUnmapAll()
    {
        try
        {
            return Iommu.TryUnmapAll();
        }
        catch (ObjectDisposedException)
        {
            // The kernel's object is gone, and its mappings with it.
            return true;
        }
    }

    private static void RequirePages(nint position, string name)
    {
        if ((position & (SystemPage.Size - 1)) != 0)
        {
            ThrowPosition(position, name);
        }
    }

    private static void RequireLength(long length)
    {
        if (length <= 0 || (length & (SystemPage.Size - 1)) != 0)
        {
            ThrowLength(length);
        }
    }

    [DoesNotReturn]
    private static void ThrowPosition(nint position, string name)
        => throw new ArgumentOutOfRangeException(name, $"0x{position:x} is not on a page boundary.");

    [DoesNotReturn]
    private static void ThrowLength(long length)
        => throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x} bytes are not whole pages, one at least.");
}
