using System.Runtime.InteropServices;

namespace Vfio.Core;

/// <summary>One capability of an info structure: its id, and the bytes from its header to the end of the answer.</summary>
internal readonly ref struct InfoCapability
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _step;

    internal InfoCapability(ushort id, ushort version, ReadOnlySpan<byte> bytes, string step)
    {
        Id = id;
        Version = version;
        _bytes = bytes;
        _step = step;
    }

    public ushort Id { get; }

    public ushort Version { get; }

    /// <summary>The capability as its structure, which begins with the header.</summary>
    /// <exception cref="InvalidDataException">The answer ends before the structure does.</exception>
    public unsafe T Read<T>()
        where T : unmanaged
        => _bytes.Length >= sizeof(T)
            ? MemoryMarshal.Read<T>(_bytes)
            : throw new InvalidDataException($"{_step}: capability {Id} is cut off by the end of the answer.");

    /// <summary>The elements that follow the structure.</summary>
    /// <exception cref="InvalidDataException">The answer ends before they do.</exception>
    public unsafe ReadOnlySpan<T> Tail<T>(int offset, uint count)
        where T : unmanaged
    {
        if (offset > _bytes.Length || count > (uint)((_bytes.Length - offset) / sizeof(T)))
        {
            throw new InvalidDataException($"{_step}: capability {Id} claims {count} entries, more than the answer holds.");
        }

        return MemoryMarshal.Cast<byte, T>(_bytes.Slice(offset, (int)count * sizeof(T)));
    }
}
