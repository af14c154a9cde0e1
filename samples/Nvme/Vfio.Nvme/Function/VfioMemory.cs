using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>Memory of a <see cref="VfioFunction"/>.</summary>
internal sealed class VfioMemory(DmaBuffer buffer) : NvmeMemory(buffer.Address, buffer.Iova, buffer.Length)
{
    protected override void Dispose(bool disposing) => buffer.Dispose();
}
