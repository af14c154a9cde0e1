namespace Vfio.Core;

/// <summary>An object of iommufd's that is not destroyed, and whose context is not closed, while this is held.</summary>
internal readonly ref struct IommufdObjectLease
{
    // None in a lease of nothing, where an object is optional.
    private readonly IommufdObject? _object;

    internal IommufdObjectLease(IommufdObject @object, int iommufd, uint id)
    {
        _object = @object;
        Iommufd = iommufd;
        Id = id;
    }

    /// <summary>The number of the context's descriptor.</summary>
    public int Iommufd { get; }

    /// <summary>The number of the object.</summary>
    public uint Id { get; }

    public void Dispose() => _object?.DangerousRelease();
}
