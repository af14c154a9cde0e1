namespace Vfio.Core;

/// <summary>
/// Registers behind offsets: the same for a region that is mapped (<see cref="MappedRegion"/>), where each access is one
/// transfer of exactly its width, and for one that is read and written by calls (<see cref="DeviceRegion"/>), where kernels
/// before 6.11 or so make two transfers of 64 bits.
/// </summary>
/// <remarks>
/// Offsets are in bytes from the start of the region, and a multiple of the width. Values are in the byte order of the
/// process; PCI registers are little-endian, as is every machine that this library runs on. An access outside the
/// region throws <see cref="ArgumentOutOfRangeException"/>, a misaligned one <see cref="ArgumentException"/>, and
/// neither reaches the device. Of several registers that are accessed in one call, none is if one of them lies outside.
/// </remarks>
public interface IRegisterAccess
{
    /// <summary>The length of the region in bytes.</summary>
    long Length { get; }

    /// <summary>Reads 8 bits.</summary>
    byte Read8(long offset);

    /// <summary>Reads 16 bits.</summary>
    ushort Read16(long offset);

    /// <summary>Reads 32 bits.</summary>
    uint Read32(long offset);

    /// <summary>Reads 64 bits. Many devices take only halves: see <see cref="RegisterAccessExtensions"/>.</summary>
    ulong Read64(long offset);

    /// <summary>Writes 8 bits.</summary>
    void Write8(long offset, byte value);

    /// <summary>Writes 16 bits.</summary>
    void Write16(long offset, ushort value);

    /// <summary>Writes 32 bits.</summary>
    void Write32(long offset, uint value);

    /// <summary>Writes 64 bits. Many devices take only halves: see <see cref="RegisterAccessExtensions"/>.</summary>
    void Write64(long offset, ulong value);

    /// <summary>Reads registers that follow each other, each by an access of 32 bits, in ascending order.</summary>
    void Read32(long offset, Span<uint> destination);

    /// <summary>Reads registers that follow each other, each by an access of 64 bits, in ascending order.</summary>
    void Read64(long offset, Span<ulong> destination);

    /// <summary>Writes registers that follow each other, each by an access of 32 bits, in ascending order.</summary>
    void Write32(long offset, ReadOnlySpan<uint> source);

    /// <summary>Writes registers that follow each other, each by an access of 64 bits, in ascending order.</summary>
    void Write64(long offset, ReadOnlySpan<ulong> source);
}
