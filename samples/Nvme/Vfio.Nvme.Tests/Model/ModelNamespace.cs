using System.Buffers.Binary;

namespace Vfio.Nvme.Tests.Model;

/// <summary>Blocks in memory.</summary>
internal sealed class ModelNamespace(uint id, int blockSize, int blockCount)
{
    private static readonly int[] _formats = [512, 4096];

    public uint Id => id;

    public int BlockSize { get; private set; } = blockSize;

    public byte[] Data { get; private set; } = new byte[(long)blockSize * blockCount];

    public ulong BlockCount => (ulong)(Data.Length / BlockSize);

    /// <summary>The metadata in bytes of the format with 4096, so that it cannot be driven.</summary>
    public int Metadata { get; set; }

    public Span<byte> At(ulong block, int count) => Data.AsSpan(checked((int)block * BlockSize), count * BlockSize);

    public bool Format(int format)
    {
        if (format >= _formats.Length)
        {
            return false;
        }

        BlockSize = _formats[format];
        Data = new byte[Data.Length];
        return true;
    }

    public byte[] Identify()
    {
        byte[] data = new byte[4096];
        BinaryPrimitives.WriteUInt64LittleEndian(data, BlockCount);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(8), BlockCount);
        data[25] = (byte)(_formats.Length - 1);
        data[26] = (byte)Array.IndexOf(_formats, BlockSize);
        for (int i = 0; i < _formats.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(128 + (4 * i)), (ushort)(_formats[i] == 4096 ? Metadata : 0));
            data[128 + (4 * i) + 2] = (byte)int.Log2(_formats[i]);
        }

        return data;
    }
}
