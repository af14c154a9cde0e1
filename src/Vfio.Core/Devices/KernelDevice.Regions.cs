using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core;

/// <content>Its regions.</content>
internal sealed unsafe partial class KernelDevice
{
    public RegionInfo GetRegion(int index)
    {
        using DescriptorLease device = Lease();
        int fd = device.Fd;
        bool absent = false;
        byte[] answer = ArgszQuery.Run(
            sizeof(vfio_region_info),
            buffer =>
            {
                var info = (vfio_region_info*)buffer;
                info->index = (uint)index;
                int result = _kernel.GetRegionInfo(fd, info);

                // The kernel refuses the index of a region that this device cannot have, such as VGA on a network card.
                absent = result == -Errno.EINVAL;
                return absent ? 0 : result;
            },
            errno => DeviceErrors.Info(Name, $"VFIO_DEVICE_GET_REGION_INFO of region {index}", errno));
        return absent ? RegionInfo.Absent(index) : RegionInfoReader.Parse(Name, index, answer);
    }

    public void Read(RegionInfo region, long offset, Span<byte> destination)
    {
        fixed (byte* buffer = destination)
        {
            Transfer(region, offset, buffer, (nuint)destination.Length, writing: false);
        }
    }

    public void Write(RegionInfo region, long offset, ReadOnlySpan<byte> source)
    {
        fixed (byte* buffer = source)
        {
            Transfer(region, offset, buffer, (nuint)source.Length, writing: true);
        }
    }

    public void Map(RegionInfo region, long offset, long length, nint address)
    {
        using DescriptorLease device = Lease();
        int protection = (region.CanRead ? (int)Libc.PROT_READ : 0) | (region.CanWrite ? (int)Libc.PROT_WRITE : 0);
        int result = _kernel.MapMemory(
            (void*)address,
            (nuint)length,
            protection,
            (int)(Libc.MAP_SHARED | Libc.MAP_FIXED),
            device.Fd,
            region.FileOffset + offset,
            out _);
        if (result < 0)
        {
            throw DeviceErrors.Map(Name, region, offset, length, -result);
        }
    }

    public SafeHandle Export(RegionInfo region, long offset, long length)
    {
        Span<byte> data = stackalloc byte[vfio_device_feature_dma_buf.SizeOf(1)];
        data.Clear();
        fixed (byte* bytes = data)
        {
            var request = (vfio_device_feature_dma_buf*)bytes;
            request->region_index = (uint)region.Index;
            request->open_flags = (uint)(Libc.O_RDWR | Libc.O_CLOEXEC);
            request->nr_ranges = 1;
            *vfio_device_feature_dma_buf.dma_ranges(request) = new vfio_region_dma_range { offset = (ulong)offset, length = (ulong)length };
        }

        int fd = Feature(DeviceFeature.DmaBuf, FeatureOperations.Get, data);
        return fd >= 0 ? new KernelHandle(_kernel, fd, Name) : throw DeviceErrors.Export(Name, region, -fd);
    }

    private void Transfer(RegionInfo region, long offset, byte* buffer, nuint length, bool writing)
    {
        using DescriptorLease device = Lease();
        nuint done = 0;
        while (done < length)
        {
            long at = region.FileOffset + offset + (long)done;
            long result = writing
                ? _kernel.WriteAt(device.Fd, buffer + done, length - done, at)
                : _kernel.ReadAt(device.Fd, buffer + done, length - done, at);
            if (result <= 0)
            {
                throw DeviceErrors.Access(Name, region, offset + (long)done, writing, (int)-result);
            }

            done += (nuint)result;
        }
    }
}
