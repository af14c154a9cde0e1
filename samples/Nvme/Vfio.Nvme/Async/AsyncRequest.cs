using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>A command that may have to wait for room.</summary>
internal readonly record struct AsyncRequest(NvmOpcode Opcode, NvmeNamespace Namespace, ulong Block, uint Count, Iova Data)
{
    public bool TrySubmit(IoQueuePair queue, out ushort command) => Opcode switch
    {
        NvmOpcode.Read => queue.TryRead(Namespace, Block, Count, Data, out command),
        NvmOpcode.Write => queue.TryWrite(Namespace, Block, Count, Data, out command),
        NvmOpcode.WriteZeroes => queue.TryWriteZeroes(Namespace, Block, Count, out command),
        _ => queue.TryFlush(Namespace, out command),
    };
}
