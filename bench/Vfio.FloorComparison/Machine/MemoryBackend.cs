using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>An IOMMU that is not there: what is mapped is noted by the address space, and no kernel hears of it.</summary>
internal sealed class MemoryBackend : IommuBackend
{
    private const ulong Last = (1UL << 48) - 1;

    private MemoryBackend()
    {
    }

    public override VfioBackend? Kind => VfioBackend.Iommufd;

    public override string Path => "memory";

    public override string MapStep => "map";

    public override string InfoStep => "info";

    public override bool IsIsolated => true;

    public override bool TakesMappingsAtOnce => true;

    /// <summary>An address space over it.</summary>
    public static AddressSpace CreateSpace()
    {
        AddressSpace space = Create(VfioHost.Local, new MemoryBackend());
        return space.WithDevices(() =>
        {
            space.DeviceJoined();
            return space;
        });
    }

    public override AddressSpaceInfo QueryInfo() => new()
    {
        Backend = VfioBackend.Iommufd,
        PageSizes = (ulong)Environment.SystemPageSize,
        Ranges = [new IovaRange(default, new Iova(Last))],
    };

    public override Iova Map(Iova iova, in DmaSource source, ulong length, DmaAccess access) => iova;

    public override int MapMemory(Iova iova, nint address, ulong length, DmaAccess access) => 0;

    public override VfioException MapError(Iova iova, ulong length, int errno) => throw new NotSupportedException();

    public override void Unmap(Iova iova, ulong length)
    {
    }

    public override bool TryUnmapAll() => true;

    public override IOpenGroup OpenGroup(AddressSpace space, HostDevice device, SafeHandle? node, Action<IOpenGroup> closed)
        => throw new NotSupportedException();

    public override OpenedDevice OpenDevice(OpenFunction function, HostDevice device, IOpenGroup group, in DeviceAccess access)
        => throw new NotSupportedException();

    public override void Release()
    {
    }

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern AddressSpace Create(VfioHost host, IommuBackend iommu);
}
