namespace Vfio.Core;

/// <summary>A descriptor that cannot be closed, nor its number reused, while this is held.</summary>
internal readonly ref struct DescriptorLease
{
    private readonly KernelHandle _handle;

    internal DescriptorLease(KernelHandle handle, int fd)
    {
        _handle = handle;
        Fd = fd;
    }

    /// <summary>The number of the descriptor.</summary>
    public int Fd { get; }

    public void Dispose() => _handle.DangerousRelease();
}
