using System.Runtime.CompilerServices;
using Vfio.Core;

namespace Vfio.Nvme;

/// <summary>
/// Doorbells in memory, which a controller that is emulated looks at by itself while it is busy (Doorbell Buffer Config; NVM Express 1.4, 5.7
/// and 7.13). The register is written only when the controller asked for it, by the EventIdx buffer.
/// </summary>
internal sealed class ShadowDoorbells : IDisposable
{
    private const int PageSize = 4096;

    private readonly NvmeMemory _memory;

    public ShadowDoorbells(INvmeFunction function) => _memory = function.Allocate(2 * PageSize);

    /// <summary>Where the controller finds the shadow doorbell buffer.</summary>
    public ulong ShadowBuffer => _memory.Iova;

    /// <summary>Where the controller finds the EventIdx buffer.</summary>
    public ulong EventBuffer => _memory.Iova + PageSize;

    /// <summary>Publishes a tail or a head.</summary>
    /// <returns>Whether the register must be written too.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool Publish(uint* shadow, uint* eventIndex, uint value, uint old)
    {
        Volatile.Write(ref *shadow, value);

        // The controller writes its index, then looks at the shadow once more; here it is the other way round.
        DmaBarrier.Full();
        uint index = Volatile.Read(ref *eventIndex);
        return unchecked((ushort)(value - index - 1) < (ushort)(value - old));
    }

    /// <summary>Makes a queue's entries zero, as a queue that is created next has them. Without shadows it does nothing.</summary>
    public static unsafe void Reset(uint* shadow, uint* eventIndex)
    {
        if (shadow is not null)
        {
            Volatile.Write(ref *shadow, 0);
            Volatile.Write(ref *eventIndex, 0);
        }
    }

    /// <summary>Adds the shadow to a doorbell.</summary>
    /// <param name="register">The doorbell.</param>
    /// <param name="offset">Where it is in BAR0; the buffers have the same layout.</param>
    public QueueDoorbell Of(Doorbell register, long offset)
    {
        long entry = offset - NvmeRegister.Doorbells;
        return entry <= PageSize - sizeof(uint)
            ? new QueueDoorbell(register, _memory.Address + (nint)entry, _memory.Address + PageSize + (nint)entry)
            : new QueueDoorbell(register, 0, 0);
    }

    public void Dispose() => _memory.Dispose();
}
