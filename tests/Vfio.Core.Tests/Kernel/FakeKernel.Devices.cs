using System.Runtime.CompilerServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Devices: what they have, and reading and writing it.</summary>
internal sealed unsafe partial class FakeKernel
{
    public Dictionary<string, FakeDevice> Devices { get; } = [];

    /// <summary>The number of regions that devices claim, instead of theirs.</summary>
    public uint? RegionCount { get; set; }

    public int GetDeviceInfo(int device, vfio_device_info* info) => OnDevice(device, it =>
    {
        info->flags = it.Flags;
        info->num_regions = RegionCount ?? (uint)it.Regions.Length;
        info->num_irqs = (uint)it.Irqs.Length;
        return 0;
    });

    public int GetRegionInfo(int device, vfio_region_info* info) => OnDevice(device, it =>
    {
        if (info->index >= it.Regions.Length || it.Regions[info->index] is not { } region)
        {
            return -Errno.EINVAL;
        }

        uint offered = info->argsz;
        uint size = (uint)(sizeof(vfio_region_info) + region.Capabilities.Length);
        info->flags = region.Flags;
        info->size = (ulong)region.Size;
        info->offset = (ulong)region.Offset;
        info->cap_offset = 0;
        if (region.Capabilities.Length != 0)
        {
            info->flags |= (uint)VFIO_REGION_INFO_FLAG_CAPS;
            info->argsz = size;
            if (offered >= size)
            {
                info->cap_offset = region.CapabilityOffset;
                region.Capabilities.CopyTo(new Span<byte>((byte*)info + sizeof(vfio_region_info), region.Capabilities.Length));
            }
        }

        return 0;
    });

    public long ReadAt(int fd, void* destination, nuint count, long offset)
    {
        int fault = Begin(fd, out FakeDescriptor descriptor);
        if (fault != 0)
        {
            return fault;
        }

        return Locate(descriptor, offset, count) is { } region
            ? End(descriptor, LinuxKernel.Instance.ReadAt(region.Memory, destination, Transfer(region, count), offset - region.Offset))
            : End(descriptor, (long)-Errno.EINVAL);
    }

    public long WriteAt(int fd, void* source, nuint count, long offset)
    {
        int fault = Begin(fd, out FakeDescriptor descriptor);
        if (fault != 0)
        {
            return fault;
        }

        return Locate(descriptor, offset, count) is { } region
            ? End(descriptor, LinuxKernel.Instance.WriteAt(region.Memory, source, Transfer(region, count), offset - region.Offset))
            : End(descriptor, (long)-Errno.EINVAL);
    }

    private static nuint Transfer(FakeRegion region, nuint count) => Math.Min(count, (nuint)region.MaxTransfer);

    private static FakeRegion? Locate(FakeDescriptor descriptor, long offset, nuint count)
    {
        if (DeviceOf(descriptor) is not { } device)
        {
            return null;
        }

        int index = (int)(offset >> FakeRegion.OffsetShift);
        FakeRegion? region = (uint)index < (uint)device.Regions.Length ? device.Regions[index] : null;
        return region is not null && offset - region.Offset + (long)count <= region.Size ? region : null;
    }

    private void Close(FakeDevice device)
    {
        LastClose(device);
        device.Group.OpenDevices--;
    }

    /// <summary>The device behind a descriptor, on any path, unless it is still closed to calls.</summary>
    private static FakeDevice? DeviceOf(FakeDescriptor descriptor) => descriptor.Target switch
    {
        FakeDevice device => device,
        FakeCdevFile { Iommufd: not null } file => file.Device,
        _ => null,
    };

    /// <summary>Runs a call on a device, on any path.</summary>
    private int OnDevice(int fd, Func<FakeDevice, int> call, [CallerMemberName] string method = "")
        => On<object>(
            fd,
            it => it switch
            {
                FakeDevice device => call(device),
                FakeCdevFile { Iommufd: not null } file => call(file.Device),
                FakeCdevFile => -Errno.EINVAL,
                _ => -Errno.ENOTTY,
            },
            method);
}
