using System.Buffers.Binary;

namespace Vfio.Nvme;

/// <summary>What the controller says of a namespace (Identify, CNS 00h; NVM Express 1.4, 5.15.2.1, figure 245).</summary>
public sealed record IdentifyNamespace
{
    /// <summary>The length of the structure in bytes.</summary>
    internal const int Length = 4096;

    private const int FormatsOffset = 128;
    private const int SmallestShift = 9;
    private const int LargestShift = 24;

    /// <summary>How many blocks it has (NSZE).</summary>
    public required ulong Size { get; init; }

    /// <summary>How many blocks may be in use (NCAP).</summary>
    public required ulong Capacity { get; init; }

    /// <summary>How many blocks are in use (NUSE).</summary>
    public required ulong Utilization { get; init; }

    /// <summary>The formats that it can have (LBAF0 and on).</summary>
    public required IReadOnlyList<LbaFormat> Formats { get; init; }

    /// <summary>The format that it has (FLBAS).</summary>
    public required LbaFormat Format { get; init; }

    /// <summary>Whether metadata lies behind each block's data, and not in a buffer of its own (FLBAS bit 4).</summary>
    public required bool MetadataIsExtended { get; init; }

    /// <summary>The type of its end-to-end data protection; zero for none (DPS).</summary>
    public required int ProtectionType { get; init; }

    /// <summary>Whether blocks that were deallocated read as zeros (DLFEAT bits 2:0).</summary>
    public required bool DeallocatedReadsZero { get; init; }

    internal static IdentifyNamespace Parse(ReadOnlySpan<byte> data)
    {
        var formats = new LbaFormat[(data[25] & 0xf) + 1];
        for (int i = 0; i < formats.Length; i++)
        {
            uint format = BinaryPrimitives.ReadUInt32LittleEndian(data[(FormatsOffset + (4 * i))..]);
            int shift = (int)((format >> 16) & 0xff);
            formats[i] = new LbaFormat(
                i, shift is >= SmallestShift and <= LargestShift ? 1 << shift : 0, (int)(format & 0xffff));
        }

        int current = data[26] & 0xf;
        return new IdentifyNamespace
        {
            Size = BinaryPrimitives.ReadUInt64LittleEndian(data),
            Capacity = BinaryPrimitives.ReadUInt64LittleEndian(data[8..]),
            Utilization = BinaryPrimitives.ReadUInt64LittleEndian(data[16..]),
            Formats = formats,
            Format = current < formats.Length ? formats[current] : default,
            MetadataIsExtended = (data[26] & 0x10) != 0,
            ProtectionType = data[29] & 7,
            DeallocatedReadsZero = (data[33] & 7) == 1,
        };
    }
}
