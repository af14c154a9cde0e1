namespace Vfio.Core;

/// <summary>
/// The groups that this process has open. The kernel lets a group be opened once, so the devices of a group share
/// its descriptor, and with it the address space.
/// </summary>
internal sealed class GroupRegistry
{
    private readonly Dictionary<int, GroupHandle> _open = [];
    private readonly object _gate = new();

    /// <summary>
    /// Gives a counted reference on the open group, opening it where it is not. The caller releases it with
    /// <see cref="System.Runtime.InteropServices.SafeHandle.DangerousRelease"/>, and gives its use of the group's
    /// address space back too.
    /// </summary>
    /// <param name="id">The number of the group.</param>
    /// <param name="wanted">The address space that it must be in, or null for the one it is in or a new one.</param>
    /// <param name="create">Makes the address space of a group that is not open yet.</param>
    /// <param name="open">Opens the group and attaches it to the address space.</param>
    /// <exception cref="VfioException">It is open in another address space, or it could not be opened.</exception>
    public GroupHandle Acquire(
        int id, AddressSpace? wanted, Func<AddressSpace> create, Func<AddressSpace, Action<GroupHandle>, GroupHandle> open)
    {
        lock (_gate)
        {
            while (_open.TryGetValue(id, out GroupHandle? group))
            {
                if (group.TryAddReference())
                {
                    if (group.Space.TryAddUser())
                    {
                        return Matching(group, wanted);
                    }

                    group.DangerousRelease();
                }

                // Its last user is just closing it: the kernel would answer EBUSY until that is done.
                if (_open.ContainsKey(id))
                {
                    Monitor.Wait(_gate);
                }
            }

            return Open(wanted, create, open);
        }
    }

    private static GroupHandle Matching(GroupHandle group, AddressSpace? wanted)
    {
        if (wanted is null || ReferenceEquals(wanted, group.Space))
        {
            return group;
        }

        AddressSpace space = group.Space;
        group.DangerousRelease();
        space.RemoveUser();
        throw new VfioException(
            VfioErrorKind.GroupBusy,
            "VFIO_GROUP_SET_CONTAINER",
            group.Path,
            $"this process already has IOMMU group {group.Id} in another address space, and a group is in one only",
            "Open the device with the address space of the device that is already open, or without naming one");
    }

    private GroupHandle Open(
        AddressSpace? wanted, Func<AddressSpace> create, Func<AddressSpace, Action<GroupHandle>, GroupHandle> open)
    {
        AddressSpace space = wanted ?? create();
        ObjectDisposedException.ThrowIf(!space.TryAddUser(), typeof(AddressSpace));

        try
        {
            GroupHandle group = open(space, Closed);
            bool added = false;
            group.DangerousAddRef(ref added);
            _open.Add(group.Id, group);

            // From here on only the references count: the last one that is given back closes the group.
            group.Dispose();
            return group;
        }
        catch
        {
            space.RemoveUser();
            throw;
        }
        finally
        {
            if (wanted is null)
            {
                space.Dispose();
            }
        }
    }

    private void Closed(GroupHandle group)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(group.Id, out GroupHandle? known) && ReferenceEquals(known, group))
            {
                _open.Remove(group.Id);
            }

            Monitor.PulseAll(_gate);
        }
    }
}
