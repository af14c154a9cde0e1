using Vfio.Core;

namespace Vfio.CodegenProbe;

/// <summary>An address space that nothing is mapped into.</summary>
internal sealed class ProbeBackend : IommuBackend
{
    public override IommuModel Model => IommuModel.Type1V2;

    public override bool IsAttached => false;

    public override AddressSpaceInfo QueryInfo() => throw new NotSupportedException();

    public override void Map(Iova iova, nint address, ulong length, DmaAccess access) => throw new NotSupportedException();

    public override void Unmap(Iova iova, ulong length) => throw new NotSupportedException();

    public override bool TryUnmapAll() => false;

    public override void Release()
    {
    }
}
