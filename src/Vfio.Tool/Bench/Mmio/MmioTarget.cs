using Vfio.Core;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Bench.Mmio;

/// <summary>The part of a device that is measured, checked against what was asked for.</summary>
/// <param name="Bar">The number of the BAR.</param>
/// <param name="Region">The BAR.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Room">How many bytes of the mappable area there are from the offset on.</param>
/// <param name="Copy">How many bytes are copied at once; zero for no copies.</param>
/// <param name="WhyNoCopy">Why there are no copies, or null.</param>
internal sealed record MmioTarget(int Bar, DeviceRegion Region, long Offset, long Room, int Copy, string? WhyNoCopy)
{
    private const int BarCount = 6;
    private const int FirstBarRegister = 0x10;
    private const uint Prefetchable = 0x8;
    private const int CopyUnit = sizeof(ulong);

    /// <summary>Finds it.</summary>
    /// <exception cref="UsageException">The device has no such BAR, or not as many bytes in it.</exception>
    /// <exception cref="VfioException">The device has no BAR that can be mapped.</exception>
    public static MmioTarget Of(VfioDevice device, MmioOptions options)
    {
        int[] mappable = [.. Enumerable.Range(0, BarCount).Where(bar => device.Regions.Bar(bar).MappableAreas.Count > 0)];
        if (mappable.Length == 0)
        {
            throw new VfioException(
                VfioErrorKind.NotSupported, "bench mmio", device.Name, "the device has no BAR that can be mapped", "Name another device");
        }

        int bar = options.Bar ?? mappable[0];
        if (!mappable.Contains(bar))
        {
            throw new UsageException($"{device.Name}: BAR {bar} cannot be mapped; those that can are {string.Join(", ", mappable)}");
        }

        DeviceRegion region = device.Regions.Bar(bar);
        RegionArea? area = region.MappableAreas
            .Where(area => options.Offset >= area.Offset && options.Offset < area.End)
            .Cast<RegionArea?>()
            .FirstOrDefault();
        if (area is not { } found)
        {
            string areas = string.Join(", ", region.MappableAreas.Select(static area => $"0x{area.Offset:x} to 0x{area.End - 1:x}"));
            throw new UsageException($"{device.Name}: offset 0x{options.Offset:x} is not in what can be mapped of BAR {bar}: {areas}");
        }

        long room = found.End - options.Offset;
        bool isPrefetchable = (device.Config.Read32(FirstBarRegister + (bar * sizeof(uint))) & Prefetchable) != 0;
        (long copy, string? reason) = Copying(device, options, room, isPrefetchable);
        return new MmioTarget(bar, region, options.Offset, room, (int)copy, reason);
    }

    private static (long Copy, string? WhyNot) Copying(VfioDevice device, MmioOptions options, long room, bool isPrefetchable)
    {
        if (options.Copy > room)
        {
            throw new UsageException(
                $"{device.Name}: a copy of {ByteSize.Format(options.Copy.Value)} does not fit; from the offset on "
                    + $"{ByteSize.Format(room)} can be mapped");
        }

        return options switch
        {
            { Copy: 0 } => (0, "not asked for"),
            { Offset: var offset } when offset % CopyUnit != 0 || room < CopyUnit => (0, "copies begin at a multiple of 8"),
            { Copy: { } asked } => (asked, null),
            _ when !isPrefetchable => (0, "the BAR is not prefetchable, so reading more of it may have effects; --copy SIZE says that it may"),
            _ => (Math.Min(MmioOptions.DefaultCopy, room / CopyUnit * CopyUnit), null),
        };
    }
}
