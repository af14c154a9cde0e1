using System.Buffers.Binary;

namespace Vfio.Nvme.Tool.Verify;

/// <summary>Bytes that depend on a seed and on their place, so that a block that is elsewhere, old or torn does not look right.</summary>
/// <param name="seed">The seed.</param>
internal readonly struct Pattern(ulong seed)
{
    private const ulong Step = 0x9e37_79b9_7f4a_7c15;

    /// <summary>Fills memory with what belongs at a place.</summary>
    /// <param name="offset">The place in the namespace, in bytes, a multiple of eight.</param>
    /// <param name="data">The memory, a multiple of eight bytes.</param>
    public void Fill(ulong offset, Span<byte> data)
    {
        ulong state = Start(offset);
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            state = unchecked(state + Step);
            BinaryPrimitives.WriteUInt64LittleEndian(data, Mix(state));
        }
    }

    /// <summary>Finds the first byte that does not belong at its place.</summary>
    /// <param name="offset">The place in the namespace, in bytes, a multiple of eight.</param>
    /// <param name="data">The memory, a multiple of eight bytes.</param>
    /// <returns>Where in the memory it is; -1 if there is none.</returns>
    public int FindDifference(ulong offset, ReadOnlySpan<byte> data)
    {
        ulong state = Start(offset);
        for (int at = 0; at + sizeof(ulong) <= data.Length; at += sizeof(ulong))
        {
            state = unchecked(state + Step);
            ulong difference = BinaryPrimitives.ReadUInt64LittleEndian(data[at..]) ^ Mix(state);
            if (difference != 0)
            {
                return at + (int)(ulong.TrailingZeroCount(difference) / 8);
            }
        }

        return -1;
    }

    // As if all words from the beginning had been made: the next does not care where a transfer begins.
    private ulong Start(ulong offset) => unchecked(Mix(seed) + (offset / sizeof(ulong) * Step));

    // The finalizer of splitmix64.
    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xbf58_476d_1ce4_e5b9;
            value = (value ^ (value >> 27)) * 0x94d0_49bb_1331_11eb;
            return value ^ (value >> 31);
        }
    }
}
