using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>Memory of a buffer as <see cref="Memory{T}"/>, which may be pinned longer than the buffer lives.</summary>
/// <param name="buffer">The buffer.</param>
internal abstract unsafe class PinnableMemory(DmaBuffer buffer) : MemoryManager<byte>
{
    /// <inheritdoc/>
    public override System.Buffers.MemoryHandle Pin(int elementIndex = 0)
    {
        Span<byte> span = GetSpan();
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, span.Length);

        // Nothing moves these pages; what could happen is that they go away.
        buffer.KeepPages();
        void* first = Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
        return new System.Buffers.MemoryHandle((byte*)first + elementIndex, pinnable: this);
    }

    /// <inheritdoc/>
    public override void Unpin() => buffer.ReleasePages();
}
