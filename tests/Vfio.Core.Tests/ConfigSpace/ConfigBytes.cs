using System.Buffers.Binary;

namespace Vfio.Core.Tests;

/// <summary>The bytes of a configuration space, put together for a test.</summary>
internal sealed class ConfigBytes
{
    private const int Status = 6;
    private const byte HasCapabilities = 0x10;
    private const int Pointer = 0x34;
    private const int ExtendedStart = 0x100;

    private readonly byte[] _bytes;
    private int _link = Pointer;
    private int _lastExtended;

    public ConfigBytes(int length = 4096)
    {
        _bytes = new byte[length];

        // A network card, unless the test says something else.
        At(0, "86 80 c9 10 00 00 00 00 01 00 00 02");
    }

    public byte[] Array => _bytes;

    public PciConfigImage Image => new(_bytes);

    /// <summary>The first bytes, as a user may see them.</summary>
    public PciConfigImage First(int length) => new(_bytes.AsSpan(0, length));

    /// <summary>Puts bytes, in hexadecimal.</summary>
    public ConfigBytes At(int offset, string hex)
    {
        Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)).CopyTo(_bytes, offset);
        return this;
    }

    /// <summary>Adds a capability to the end of the chain: id, pointer, and what is behind them.</summary>
    public ConfigBytes Capability(int offset, byte id, string body = "")
    {
        _bytes[Status] |= HasCapabilities;
        _bytes[_link] = (byte)offset;
        _bytes[offset] = id;
        _link = offset + 1;
        return At(offset + 2, body);
    }

    /// <summary>Adds an extended capability to the end of the chain, whose first is always at 0x100: header, and what is behind it.</summary>
    public ConfigBytes Extended(int offset, ushort id, string body = "", byte version = 1)
    {
        Assert.True(_lastExtended != 0 || offset == ExtendedStart);
        if (_lastExtended != 0)
        {
            Span<byte> last = _bytes.AsSpan(_lastExtended);
            BinaryPrimitives.WriteUInt32LittleEndian(last, (BinaryPrimitives.ReadUInt32LittleEndian(last) & 0xf_ffff) | ((uint)offset << 20));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), id | ((uint)version << 16));
        _lastExtended = offset;
        return At(offset + 4, body);
    }
}
