using System.Buffers.Binary;

namespace Vfio.Assignability.Tests;

/// <content>Configuration space.</content>
internal sealed partial class FunctionBuilder
{
    private readonly List<(byte Id, byte[] Body)> _capabilities = [];
    private readonly List<(ushort Id, byte[] Body)> _extended = [];
    private readonly List<(int Offset, byte[] Bytes)> _pokes = [];
    private int _configLength = 4096;

    private bool HasFlr { get; set; }

    private bool HasAfFlr { get; set; }

    private bool HasPmReset { get; set; }

    private bool IsExpress => _capabilities.Any(static capability => capability.Id == 0x10);

    /// <summary>Neither PCI Express nor any other capability: 256 bytes and a line interrupt.</summary>
    public FunctionBuilder Conventional()
    {
        _capabilities.Clear();
        _extended.Clear();
        (HasFlr, HasAfFlr, HasPmReset) = (false, false, false);
        return this;
    }

    /// <summary>Power management; with <paramref name="resets"/>, going to D3 and back resets the function (NoSoftRst is clear).</summary>
    public FunctionBuilder PowerManagement(bool resets = false)
    {
        HasPmReset = resets;
        return Capability(0x01, 0x03, 0x00, (byte)(resets ? 0 : 0x08), 0);
    }

    public FunctionBuilder Msi() => Capability(0x05, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public FunctionBuilder MsiX(int vectors = 16) => Capability(0x11, (byte)((vectors - 1) & 0xff), (byte)((vectors - 1) >> 8), 0, 0x20, 0, 0, 0, 0x30, 0, 0);

    public FunctionBuilder NoMsi() => NoCapability(0x05);

    public FunctionBuilder NoMsiX() => NoCapability(0x11);

    /// <summary>The PCI Express capability.</summary>
    public FunctionBuilder Express(PortType type)
    {
        byte[] body = new byte[58];
        body[0] = (byte)(2 | ((int)type << 4));
        return Capability(0x10, body);
    }

    /// <summary>A function level reset, in the PCI Express capability.</summary>
    public FunctionBuilder Flr()
    {
        HasFlr = true;
        _capabilities.First(static capability => capability.Id == 0x10).Body[5] |= 0x10;
        return this;
    }

    /// <summary>A function level reset of conventional PCI (Advanced Features).</summary>
    public FunctionBuilder AfFlr()
    {
        HasAfFlr = true;
        return Capability(0x13, 6, 3, 0, 0);
    }

    /// <summary>Access Control Services: what it can do and what is switched on.</summary>
    public FunctionBuilder Acs(int can, int does) => Extended(0x0d, (byte)can, 0, (byte)does, 0);

    /// <summary>A capability of the standard list: its bytes behind id and next.</summary>
    public FunctionBuilder Capability(byte id, params byte[] body)
    {
        _ = NoCapability(id);
        _capabilities.Add((id, body));
        return this;
    }

    /// <summary>A capability of the extended list: its bytes behind the header.</summary>
    public FunctionBuilder Extended(ushort id, params byte[] body)
    {
        _extended.Add((id, body));
        return this;
    }

    /// <summary>A dword of configuration space, whatever else would be there.</summary>
    public FunctionBuilder ConfigDword(int offset, uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _pokes.Add((offset, bytes));
        return this;
    }

    /// <summary>How much of it may be read: 64 bytes for a caller without privilege.</summary>
    public FunctionBuilder ConfigLength(int bytes)
    {
        _configLength = bytes;
        return this;
    }

    /// <summary>A device that does not answer: all ones, wherever it is read.</summary>
    public FunctionBuilder AllOnes()
    {
        _pokes.Add((0, [.. Enumerable.Repeat((byte)0xff, 4096)]));
        return this;
    }

    private FunctionBuilder NoCapability(byte id)
    {
        _ = _capabilities.RemoveAll(capability => capability.Id == id);
        return this;
    }

    private byte[] ConfigBytes()
    {
        byte[] space = new byte[IsExpress || _extended.Count > 0 ? 4096 : 256];
        WriteHeader(space);
        int offset = 0x40;
        int link = 0x34;
        foreach ((byte id, byte[] body) in _capabilities)
        {
            space[link] = (byte)offset;
            (space[offset], link) = (id, offset + 1);
            body.CopyTo(space, offset + 2);
            offset = (offset + 2 + body.Length + 3) & ~3;
        }

        offset = 0x100;
        for (int i = 0; i < _extended.Count; i++)
        {
            (ushort id, byte[] body) = _extended[i];
            int next = (offset + 4 + body.Length + 3) & ~3;
            BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(offset), id | (1u << 16) | (i + 1 < _extended.Count ? (uint)next << 20 : 0));
            body.CopyTo(space, offset + 4);
            offset = next;
        }

        foreach ((int at, byte[] bytes) in _pokes)
        {
            bytes.AsSpan(0, Math.Min(bytes.Length, space.Length - at)).CopyTo(space.AsSpan(at));
        }

        return space[..Math.Min(space.Length, _configLength)];
    }

    private void WriteHeader(byte[] space)
    {
        bool isVirtual = PhysicalFunction is not null;
        BinaryPrimitives.WriteUInt16LittleEndian(space, (ushort)(isVirtual ? 0xffff : Vendor));
        BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(2), (ushort)(isVirtual ? 0xffff : DeviceId));
        space[4] = (byte)(isVirtual ? 0x04 : 0x06);
        space[5] = (byte)(IsBridge ? 0x00 : 0x04);
        space[6] = (byte)(_capabilities.Count > 0 ? 0x10 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(space.AsSpan(8), ((uint)Class << 8) | 1);
        bool hasTwin = !isVirtual && Host.Functions.Any(other => other != this && other.PhysicalFunction is null && other.Address[..^1] == Address[..^1]);
        space[0x0e] = (byte)((IsBridge ? 1 : 0) | (hasTwin ? 0x80 : 0));
        space[0x3d] = (byte)(isVirtual ? 0 : 1);
        if (IsBridge)
        {
            space[0x18] = BusNumber(Bus);
            space[0x19] = SecondaryBus;
            space[0x1a] = SubordinateBus;
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x2c), (ushort)Vendor);
            BinaryPrimitives.WriteUInt16LittleEndian(space.AsSpan(0x2e), 1);
        }
    }
}
