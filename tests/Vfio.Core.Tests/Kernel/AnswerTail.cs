using System.Runtime.InteropServices;

namespace Vfio.Core.Tests;

/// <summary>Builds the chain of capabilities behind an info structure of a given size.</summary>
internal sealed class AnswerTail(int headerSize)
{
    private readonly List<byte> _bytes = [];
    private int _last = -1;

    /// <summary>Appends a capability of these words behind its header, and links the one before to it.</summary>
    public AnswerTail Add(int id, params ReadOnlySpan<uint> body)
    {
        // The kernel aligns each to eight bytes.
        while (_bytes.Count % 8 != 0)
        {
            _bytes.Add(0);
        }

        if (_last >= 0)
        {
            Link(_last, headerSize + _bytes.Count);
        }

        _last = _bytes.Count;
        _bytes.AddRange(MemoryMarshal.AsBytes<ushort>([(ushort)id, 1]));
        _bytes.AddRange(MemoryMarshal.AsBytes<uint>([0]));
        _bytes.AddRange(MemoryMarshal.AsBytes(body));
        return this;
    }

    /// <summary>Points the last capability somewhere, counted from the start of the answer.</summary>
    public AnswerTail LinkLastTo(int offset)
    {
        Link(_last, offset);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private void Link(int capability, int offset)
    {
        Span<byte> bytes = CollectionsMarshal.AsSpan(_bytes);
        MemoryMarshal.Write(bytes[(capability + 4)..], (uint)offset);
    }
}
