namespace Vfio.Core;

/// <summary>
/// The groups that this process owns. The kernel gives a group to one owner, and translates for all its members alike, so
/// the devices of a group share what it was opened with, and the address space.
/// </summary>
internal sealed class GroupRegistry
{
    private readonly Dictionary<string, IOpenGroup> _open = [];
    private readonly object _gate = new();

    /// <summary>
    /// Gives a reference on an owned group, opening it where it is not. The caller gives the reference back, and its use of
    /// the group's address space too.
    /// </summary>
    /// <param name="unit">The number of the group, or the name of a device without one.</param>
    /// <param name="wanted">The address space that it must be in, or null for the one it is in or a new one.</param>
    /// <param name="create">Makes the address space of a group that is not open yet.</param>
    /// <param name="open">Opens the group, with one reference, for an address space.</param>
    /// <exception cref="VfioException">It is open in another address space, or it could not be opened.</exception>
    public IOpenGroup Acquire(
        string unit, AddressSpace? wanted, Func<AddressSpace> create, Func<AddressSpace, Action<IOpenGroup>, IOpenGroup> open)
    {
        lock (_gate)
        {
            while (_open.TryGetValue(unit, out IOpenGroup? group))
            {
                if (group.TryAddReference())
                {
                    if (group.Space.TryAddUser())
                    {
                        return Matching(group, wanted);
                    }

                    group.RemoveReference();
                }

                // Its last user is just closing it: the kernel would answer EBUSY until that is done.
                if (_open.ContainsKey(unit))
                {
                    Monitor.Wait(_gate);
                }
            }

            return Open(wanted, create, open);
        }
    }

    /// <summary>The group that this process owns by a number or name, or null. No reference is added.</summary>
    public IOpenGroup? Find(string unit)
    {
        lock (_gate)
        {
            return _open.GetValueOrDefault(unit);
        }
    }

    /// <summary>
    /// Gives a reference on a group that this process owns, or null. The caller gives the reference back, and its use of the group's address
    /// space after it.
    /// </summary>
    public IOpenGroup? TryHold(string unit)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(unit, out IOpenGroup? group) || !group.TryAddReference())
            {
                return null;
            }

            if (group.Space.TryAddUser())
            {
                return group;
            }

            group.RemoveReference();
            return null;
        }
    }

    /// <summary>Runs a step that no device joins or leaves a group during.</summary>
    public void WhileStable(Action step)
    {
        lock (_gate)
        {
            step();
        }
    }

    private static IOpenGroup Matching(IOpenGroup group, AddressSpace? wanted)
    {
        AddressSpace space = group.Space;
        if (wanted is null || ReferenceEquals(wanted, space))
        {
            return group;
        }

        group.RemoveReference();
        space.RemoveUser();
        throw GroupErrors.OtherSpace(group.Unit);
    }

    private IOpenGroup Open(
        AddressSpace? wanted, Func<AddressSpace> create, Func<AddressSpace, Action<IOpenGroup>, IOpenGroup> open)
    {
        AddressSpace space = wanted ?? create();
        try
        {
            ObjectDisposedException.ThrowIf(!space.TryAddUser(), typeof(AddressSpace));
            try
            {
                IOpenGroup group = open(space, Closed);
                _open.Add(group.Unit, group);
                return group;
            }
            catch
            {
                space.RemoveUser();
                throw;
            }
        }
        finally
        {
            if (wanted is null)
            {
                space.Dispose();
            }
        }
    }

    private void Closed(IOpenGroup group)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(group.Unit, out IOpenGroup? known) && ReferenceEquals(known, group))
            {
                _open.Remove(group.Unit);
            }

            Monitor.PulseAll(_gate);
        }
    }
}
