namespace Vfio.Core;

/// <summary>
/// A group whose devices this process has open one by one. The kernel has no descriptor for it, but translates for its members alike.
/// </summary>
internal sealed class CdevGroup(string unit, AddressSpace space, Action<IOpenGroup> closed) : IOpenGroup
{
    private readonly UseCount _references = new();
    private AddressSpace _space = space;

    public string Unit => unit;

    public AddressSpace Space => Volatile.Read(ref _space);

    /// <summary>Whether more than one device of the group is open.</summary>
    public bool IsShared => _references.Count > 1;

    public bool TryAddReference() => _references.TryAdd();

    public void RemoveReference()
    {
        if (_references.Remove())
        {
            closed(this);
        }
    }

    /// <summary>Notes that its only device has moved. Called while the registry is stable.</summary>
    public void MoveTo(AddressSpace target) => Volatile.Write(ref _space, target);
}
