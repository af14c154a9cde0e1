namespace Vfio.Core;

/// <content>Devices that come and go.</content>
public sealed partial class AddressSpace
{
    /// <summary>Counts a device in, unless the last user has left already.</summary>
    internal bool TryAddUser() => _users.TryAdd();

    internal void RemoveUser()
    {
        if (!_users.Remove())
        {
            return;
        }

        // Under the lock: whoever maps or unmaps has the kernel's object open without a reference of its own.
        lock (_gate)
        {
            if (Iommu.OutlivesRelease)
            {
                EndAll();
            }

            _released = true;
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
            if (Interlocked.Decrement(ref _devices) == 0 && _endsWithLastDevice)
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
}
