namespace Vfio.Nvme;

/// <summary>A namespace: a range of logical blocks (NVM Express 1.4, 6.1).</summary>
/// <remarks>Immutable. After <see cref="NvmeController.Format"/> there is a new one in <see cref="NvmeController.Namespaces"/>.</remarks>
public sealed class NvmeNamespace
{
    private volatile bool _isUsable;

    internal NvmeNamespace(uint id, IdentifyNamespace identity)
    {
        Id = id;
        Identity = identity;
        BlockCount = identity.Size;
        BlockSize = identity.Format.BlockSize;
        BlockShift = int.Log2(Math.Max(BlockSize, 1));
        _isUsable = BlockSize != 0 && identity.Format.MetadataSize == 0 && identity.Size != 0;
    }

    /// <summary>The namespace identifier (NSID).</summary>
    public uint Id { get; }

    /// <summary>How many blocks it has.</summary>
    public ulong BlockCount { get; }

    /// <summary>The length of a block in bytes.</summary>
    public int BlockSize { get; }

    /// <summary>All that the controller says of it.</summary>
    public IdentifyNamespace Identity { get; }

    /// <summary>Whether this driver can read and write it: its blocks have a length, and no metadata.</summary>
    public bool IsUsable => _isUsable;

    /// <summary>Whether it was formatted since, and is something else now.</summary>
    internal bool IsRetired { get; private set; }

    /// <summary>The block's length as a power of two.</summary>
    internal int BlockShift { get; }

    /// <summary>Marks it as a thing of the past.</summary>
    internal void Retire()
    {
        IsRetired = true;
        _isUsable = false;
    }
}
