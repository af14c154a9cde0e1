using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Bench.Machine;

/// <summary>A kernel that agrees at once to everything: what is left is the library's own cost.</summary>
internal sealed class SilentIommu : IommuBackend
{
    public override VfioBackend? Kind => VfioBackend.Iommufd;

    public override string Path => "silent";

    public override string MapStep => "map";

    public override string InfoStep => "info";

    public override bool IsIsolated => true;

    public override bool TakesMappingsAtOnce => true;

    public static AddressSpace CreateSpace() => AddressSpace.Started(VfioHost.Local, new SilentIommu());

    public override AddressSpaceInfo QueryInfo() => new()
    {
        Backend = VfioBackend.Iommufd,
        PageSizes = 4096,
        Ranges = [new IovaRange(new Iova(0), new Iova((1UL << 48) - 1))],
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
}
