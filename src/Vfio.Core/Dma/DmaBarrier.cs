using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Vfio.Core;

/// <summary>Orders what a process does to memory that a device sees, and to the device's registers.</summary>
/// <remarks>
/// <para>On x86-64, the only architecture that is tested, memory is coherent with DMA, stores become visible in their order, and a store to
/// a register (uncached memory) is not made before the stores ahead of it. So <see cref="Write"/> and <see cref="Read"/> cost no instruction
/// there; they keep the compiler from moving accesses. Elsewhere they are barriers between processors of one coherence domain,
/// which need not reach as far as a device: do not rely on them there.</para>
/// <para>The accessors by width of <see cref="DmaBuffer"/> and <see cref="MappedRegion"/> have these orders in themselves: a write comes
/// after everything before it, a read before everything after it. The barriers are for accesses through spans.</para>
/// </remarks>
public static class DmaBarrier
{
    /// <summary>
    /// Memory that was written before is seen by a device that is told of it after: between filling a descriptor and ringing the doorbell.
    /// The kernel's <c>dma_wmb</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write() => Volatile.WriteBarrier();

    /// <summary>
    /// Memory that is read after is no older than what was read before: between seeing a completion's phase bit and reading its fields.
    /// The kernel's <c>dma_rmb</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read() => Volatile.ReadBarrier();

    /// <summary>
    /// Everything before comes before everything after, a store before a later load included: between writing an event index and looking
    /// once more whether there is work. The kernel's <c>mb</c>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Full() => Interlocked.MemoryBarrier();

    /// <summary>
    /// Empties the buffers that join stores to write-combining memory (<c>sfence</c>): between filling such memory and ringing a doorbell that is
    /// elsewhere. VFIO maps all BARs of a PCI device uncached on x86-64, where it is not needed; stores that bypass the cache
    /// (non-temporal ones) want it too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteCombining()
    {
        if (Sse.IsSupported)
        {
            Sse.StoreFence();
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }
}
