using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Device features: the token of virtual functions, and what a test serves.</summary>
internal sealed unsafe partial class FakeKernel
{
    private const int FeatureHeader = 8;

    private const uint GetOrSet = (uint)(VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_SET);

    public int DeviceFeature(int device, vfio_device_feature* feature) => OnDevice(device, it =>
    {
        uint flags = feature->flags;
        if (feature->argsz < FeatureHeader
            || (flags & ~(uint)(VFIO_DEVICE_FEATURE_MASK | VFIO_DEVICE_FEATURE_PROBE) & ~GetOrSet) != 0
            || ((flags & (uint)VFIO_DEVICE_FEATURE_PROBE) == 0 && (flags & GetOrSet) == GetOrSet))
        {
            return -Errno.EINVAL;
        }

        uint number = flags & (uint)VFIO_DEVICE_FEATURE_MASK;
        if (it.Features.GetValueOrDefault(number) is not { } served)
        {
            if (number != VFIO_DEVICE_FEATURE_PCI_VF_TOKEN || it.Token is null)
            {
                return -Errno.ENOTTY;
            }

            served = TokenFeature(it);
        }

        if ((flags & GetOrSet & ~served.Operations) != 0)
        {
            return -Errno.EINVAL;
        }

        if ((flags & (uint)VFIO_DEVICE_FEATURE_PROBE) != 0)
        {
            return 0;
        }

        int size = (int)(feature->argsz - FeatureHeader);
        return (flags & GetOrSet) == 0 || size < served.Size
            ? -Errno.EINVAL
            : served.Handle(flags, vfio_device_feature.data(feature, size));
    });

    /// <summary>Makes a descriptor of the library's of a kind of its own, as a feature gives it.</summary>
    public int Export(string kind, long length = 0)
    {
        lock (_gate)
        {
            return Add(new FakeOpenFile(kind, null, -1) { Length = length });
        }
    }

    private static FakeFeature TokenFeature(FakeDevice device)
        => new((uint)VFIO_DEVICE_FEATURE_SET, 16, (_, data) =>
        {
            device.Token = new Guid(data[..16], bigEndian: true);
            return 0;
        });
}
