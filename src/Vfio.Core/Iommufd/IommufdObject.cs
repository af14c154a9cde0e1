using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>
/// An object of an iommufd context, destroyed once (<c>IOMMU_DESTROY</c>), after all that uses it and before all that it uses.
/// </summary>
/// <remarks>
/// The kernel refuses to destroy what is in use, so whoever uses the object holds a counted reference on it: a device that is attached,
/// an object that was made of it.
/// </remarks>
internal class IommufdObject : SafeHandle
{
    private readonly IommufdHandle _iommufd;
    private readonly IommufdObject[] _uses;

    /// <summary>Takes over an object that was just made.</summary>
    /// <param name="iommufd">Its context, which stays open until the object is destroyed.</param>
    /// <param name="id">Its number.</param>
    /// <param name="uses">The objects that it was made of.</param>
    public IommufdObject(IommufdHandle iommufd, uint id, params ReadOnlySpan<IommufdObject> uses)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        _iommufd = iommufd;
        _uses = uses.ToArray();
        bool added = false;
        iommufd.DangerousAddRef(ref added);
        foreach (IommufdObject used in _uses)
        {
            used.DangerousAddRef(ref added);
        }

        SetHandle((nint)id);
    }

    public override bool IsInvalid => handle == 0;

    public IommufdHandle Iommufd => _iommufd;

    /// <summary>Borrows the object for one call: neither it nor its context goes away until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It is destroyed.</exception>
    public IommufdObjectLease Lease()
    {
        bool added = false;
        DangerousAddRef(ref added);

        // The object holds its context open, so that one reference covers both.
        return new IommufdObjectLease(this, (int)_iommufd.DangerousGetHandle(), (uint)handle);
    }

    protected override unsafe bool ReleaseHandle()
    {
        var destroy = new iommu_destroy { size = (uint)sizeof(iommu_destroy), id = (uint)handle };
        int result = _iommufd.Kernel.DestroyObject((int)_iommufd.DangerousGetHandle(), &destroy);
        foreach (IommufdObject used in _uses)
        {
            used.DangerousRelease();
        }

        _iommufd.DangerousRelease();
        return result >= 0;
    }
}
