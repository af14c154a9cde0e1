using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>One mapping in a fake IOAS, which begins at an offset in its pages.</summary>
internal sealed record FakeArea(ulong Iova, ulong Length, FakePages Pages, ulong Offset, bool Readable, bool Writable)
{
    public ulong Last => Iova + (Length - 1);

    /// <summary>The virtual address, or the offset in the file.</summary>
    public ulong Source => Pages.Source + Offset;

    public bool Overlaps(ulong first, ulong last) => Iova <= last && first <= Last;

    /// <summary>The same as a mapping of a container.</summary>
    public FakeMapping ToMapping() => new(
        Iova, Length, Source, (uint)((Readable ? VFIO_DMA_MAP_FLAG_READ : 0) | (Writable ? VFIO_DMA_MAP_FLAG_WRITE : 0)));
}
