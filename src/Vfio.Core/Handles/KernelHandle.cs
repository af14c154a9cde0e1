using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>
/// A descriptor of the kernel's that is closed once, and whose parent stays open until then.
/// </summary>
/// <remarks>
/// Zero is a descriptor like any other. A child holds a counted reference on its parent and gives it back after its
/// own close, so the kernel sees device, group, container in this order whatever the order of the calls to Dispose.
/// </remarks>
internal class KernelHandle : SafeHandle
{
    private readonly KernelHandle? _parent;

    /// <summary>Takes over an open descriptor, and a reference on the parent, which the caller must hold open.</summary>
    public KernelHandle(IVfioKernel kernel, int fd, string path, KernelHandle? parent = null)
        : base(invalidHandleValue: -1, ownsHandle: true)
    {
        Kernel = kernel;
        Path = path;
        if (parent is not null)
        {
            bool added = false;
            parent.DangerousAddRef(ref added);
            _parent = parent;
        }

        SetHandle(fd);
    }

    /// <summary>The kernel that the descriptor belongs to.</summary>
    public IVfioKernel Kernel { get; }

    /// <summary>What stays open until this is closed.</summary>
    public KernelHandle? Parent => _parent;

    /// <summary>What was opened, for messages.</summary>
    public string Path { get; }

    public override bool IsInvalid => handle < 0;

    /// <summary>Borrows the descriptor for one call: it stays open until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public DescriptorLease Lease()
    {
        bool added = false;
        DangerousAddRef(ref added);
        return new DescriptorLease(this, (int)handle);
    }

    /// <summary>Makes another descriptor of the same open file, which has no parent and is closed for itself.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    /// <exception cref="VfioException">This process may open no more.</exception>
    public KernelHandle Duplicate()
    {
        using DescriptorLease lease = Lease();
        int fd = Kernel.Duplicate(lease.Fd);
        return fd >= 0 ? new KernelHandle(Kernel, fd, Path) : throw PassingErrors.Duplicate(Path, -fd);
    }

    /// <summary>Adds a reference if the descriptor is still open.</summary>
    public bool TryAddReference()
    {
        bool added = false;
        try
        {
            DangerousAddRef(ref added);
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        return added;
    }

    protected override bool ReleaseHandle()
    {
        bool closed = CloseDescriptor();
        OnClosed();
        _parent?.DangerousRelease();
        return closed;
    }

    /// <summary>Closes the descriptor.</summary>
    protected virtual bool CloseDescriptor() => Kernel.Close((int)handle) >= 0;

    /// <summary>Called after the close and before the parent's reference is given back.</summary>
    protected virtual void OnClosed()
    {
    }
}
