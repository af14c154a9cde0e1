using System.Runtime.CompilerServices;

namespace Vfio.Core;

/// <content>What keeps the books and the kernel in step.</content>
public sealed partial class AddressSpace
{
    private const ulong LargestPiece = 256 << 20;

    /// <summary>Maps, as an object.</summary>
    internal DmaMapping Map(in DmaSource source, ulong length, ulong pageSize, DmaMapOptions options)
    {
        options.Check(length, pageSize);
        lock (_gate)
        {
            RequireMappable();
            int slot = Enter(source.Address, length, pageSize, options);
            try
            {
                DmaMapping mapping = Own(slot, source, pageSize);
                MapEntered(slot, options);
                return mapping;
            }
            catch
            {
                _table.Remove(slot);
                throw;
            }
        }
    }

    /// <summary>
    /// Maps, as one object, in pieces for the kernel: between two of them it can be stopped. Afterwards the pieces are undone in one call.
    /// </summary>
    internal DmaMapping MapInPieces(
        in DmaSource source, ulong length, ulong pageSize, DmaMapOptions options, Action<ulong> mapped, CancellationToken cancellationToken)
    {
        // Without an IOMMU nothing joins pieces for the device.
        ulong piece = _isIsolated ? Math.Max(LargestPiece, pageSize) : length;
        options.Check(length, pageSize);
        lock (_gate)
        {
            RequireMappable();
            int slot = Enter(source.Address, length, pageSize, options);
            ulong done = 0;
            try
            {
                DmaMapping mapping = Own(slot, source, pageSize);
                if (piece >= length)
                {
                    MapEntered(slot, options);
                    done = length;
                }

                while (done < length)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ulong next = Math.Min(piece, length - done);
                    Iommu.Map(mapping.Key + (long)done, source.Part((long)done), next, options.Access);
                    done += next;
                    mapped(done);
                }

                return mapping;
            }
            catch
            {
                UndoPieces(slot, done);
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
                int slot = Enter(original.Address, original.Size, original.PageSize, options);
                try
                {
                    DmaMapping mapping = Own(slot, original.Source, original.PageSize);
                    if (!Iommu.TryCopy(origin.Iommu, original.Key, mapping.Key, mapping.Size, options.Access))
                    {
                        RequireMemory(original);
                        MapEntered(slot, options);
                    }

                    return mapping;
                }
                catch
                {
                    _table.Remove(slot);
                    throw;
                }
            }
        }
    }

    /// <summary>Undoes a mapping, once.</summary>
    /// <returns>Whether it was still live.</returns>
    internal bool Unmap(int slot, long serial)
    {
        lock (_gate)
        {
            if (!_table.IsLive(slot, serial))
            {
                return false;
            }

            Undo(slot);
            _table.Remove(slot);
            return true;
        }
    }

    /// <summary>Whether the mapping that was entered under this number is live.</summary>
    internal bool IsLive(int slot, long serial)
    {
        lock (_gate)
        {
            return _table.IsLive(slot, serial);
        }
    }

    private void UndoPieces(int slot, ulong done)
    {
        try
        {
            if (done > 0)
            {
                Iommu.Unmap(_table[slot].Key, done);
            }
        }
        catch (VfioException)
        {
            // A device may still reach these pages: what is mapped stays in the books, and the pages with it.
            _table.Shorten(slot, done);
            return;
        }

        _table.Remove(slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Undo(int slot)
    {
        if (_released)
        {
            UndoLate(slot);
        }
        else
        {
            Iommu.Unmap(_table[slot].Key, _table[slot].Size);
        }
    }

    // A call on a device that another thread is still in keeps the kernel's object open longer than the address space has users.
    private void UndoLate(int slot)
    {
        bool held = false;
        try
        {
            Iommu.KernelObject?.DangerousAddRef(ref held);
            if (held)
            {
                Iommu.Unmap(_table[slot].Key, _table[slot].Size);
            }
        }
        catch (ObjectDisposedException)
        {
            // The kernel's object is gone, and its mappings with it.
        }
        finally
        {
            if (held)
            {
                Iommu.KernelObject!.DangerousRelease();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Enter(nint address, ulong length, ulong pageSize, DmaMapOptions options)
        => _isIsolated || options.Iova is null
            ? _table.Add(address, length, pageSize, options)
            : throw DmaErrors.NotChosen(_mapStep, Path);

    private DmaMapping Own(int slot, in DmaSource source, ulong pageSize)
    {
        var mapping = new DmaMapping(this, slot, _table[slot], source, pageSize);
        _table.SetOwner(slot, mapping);
        return mapping;
    }

    private void MapOrUndo(int slot, DmaMapOptions options)
    {
        try
        {
            MapEntered(slot, options);
        }
        catch
        {
            _table.Remove(slot);
            throw;
        }
    }

    private void MapEntered(int slot, DmaMapOptions options)
    {
        ref readonly LiveMapping mapping = ref _table[slot];
        Iova iova = Iommu.Map(mapping.Key, mapping.Source, mapping.Size, mapping.Access);
        if (!_isIsolated)
        {
            RequireReachable(mapping, iova, options);
            _table.Settle(slot, iova);
            mapping.Owner?.Settle(iova);
        }
    }

    // Where no IOMMU translates, the address is known only once the memory is pinned.
    private void RequireReachable(in LiveMapping mapping, Iova iova, DmaMapOptions options)
    {
        if (mapping.Size - 1 > options.HighestAddress - Math.Min(options.HighestAddress, iova))
        {
            Iommu.Unmap(mapping.Key, mapping.Size);
            throw DmaErrors.Unreachable(_mapStep, Path, iova, mapping.Size, options.AddressBits);
        }
    }

    private void RequireMemory(DmaMapping original)
    {
        if (original.Source.Address == 0 && !Iommu.MapsFiles)
        {
            throw BackendErrors.NotSupported(
                _mapStep, Path, Iommu.Kind, "mapping a file that the process does not see", "Map the file here by itself (MapFile)");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireMappable()
    {
        RequireReady(_mapStep);
        if (_endsWithLastDevice && Volatile.Read(ref _devices) == 0)
        {
            throw DmaErrors.NoDevice(Path, _mapStep);
        }
    }
}
