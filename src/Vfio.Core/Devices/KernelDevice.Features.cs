using Vfio.Native;

namespace Vfio.Core;

/// <content>Its features.</content>
internal sealed unsafe partial class KernelDevice : IFeatureTransport
{
    // Enough for every feature of a fixed length that there is.
    private const int SmallFeature = 128;

    public int Feature(DeviceFeature feature, FeatureOperations operation, Span<byte> data)
    {
        using DescriptorLease device = Lease();
        int size = vfio_device_feature.SizeOf(data.Length);

        // As long-words, because a struct of the kernel's may begin with one right behind the header.
        Span<ulong> words = size <= SmallFeature ? stackalloc ulong[SmallFeature / sizeof(ulong)] : new ulong[(size + sizeof(ulong) - 1) / sizeof(ulong)];
        fixed (ulong* buffer = words)
        {
            var header = (vfio_device_feature*)buffer;
            header->argsz = (uint)size;
            header->flags = (uint)feature | (uint)operation;
            Span<byte> inner = vfio_device_feature.data(header, data.Length);
            data.CopyTo(inner);
            int result = _kernel.DeviceFeature(device.Fd, header);
            if (!operation.HasFlag(FeatureOperations.Probe))
            {
                // Some features tell something when they are set, too, and also when they refuse.
                inner.CopyTo(data);
            }

            return result;
        }
    }
}
