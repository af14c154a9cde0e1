using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>An open <c>/dev/iommu</c>: a context whose objects know each other by number.</summary>
internal sealed unsafe class IommufdHandle : KernelHandle
{
    private int _mapsFiles;

    private IommufdHandle(IVfioKernel kernel, int fd, string path)
        : base(kernel, fd, path)
    {
    }

    /// <summary>
    /// Whether memory is mapped by descriptor (<c>IOMMU_IOAS_MAP_FILE</c>, from Linux 6.13 on). A size that no version has ever had tells:
    /// EINVAL where the kernel knows the call, and another errno where it does not.
    /// </summary>
    public bool MapsFiles
    {
        get
        {
            if (_mapsFiles == 0)
            {
                using DescriptorLease iommufd = Lease();
                var map = new iommu_ioas_map_file { size = sizeof(uint) };
                _mapsFiles = Kernel.MapIoasFile(iommufd.Fd, &map) == -Errno.EINVAL ? 1 : -1;
            }

            return _mapsFiles > 0;
        }
    }

    /// <summary>Opens the node, or a duplicate of a descriptor of it that was passed in.</summary>
    public static IommufdHandle Open(VfioHost host, SafeHandle? passed)
    {
        string path = host.Paths.IommufdNode;
        int fd = NodeOpener.Open(host.Kernel, path, passed);
        return fd >= 0 ? new IommufdHandle(host.Kernel, fd, path) : throw IommufdErrors.Open(path, -fd);
    }

    /// <summary>Whether a descriptor is one of iommufd's.</summary>
    public static bool Recognizes(IVfioKernel kernel, int fd)
    {
        var option = new iommu_option
        {
            size = (uint)sizeof(iommu_option),
            option_id = (uint)iommufd_option.IOMMU_OPTION_RLIMIT_MODE,
            op = (ushort)iommufd_option_ops.IOMMU_OPTION_OP_GET,
        };
        return kernel.Option(fd, &option) == 0;
    }

    /// <summary>Sets an option of the context, or of an object.</summary>
    public void SetOption(iommufd_option option, uint id, ulong value)
    {
        using DescriptorLease iommufd = Lease();
        var set = new iommu_option
        {
            size = (uint)sizeof(iommu_option),
            option_id = (uint)option,
            op = (ushort)iommufd_option_ops.IOMMU_OPTION_OP_SET,
            object_id = id,
            val64 = value,
        };
        int result = Kernel.Option(iommufd.Fd, &set);
        if (result < 0)
        {
            throw IommufdErrors.Option(Path, option, -result);
        }
    }
}
