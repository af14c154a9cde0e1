using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>The configuration space of a device that this process owns.</summary>
/// <remarks>
/// The kernel stands between: it shows some registers as the owner should see them (BARs, interrupts), and drops writes
/// that an owner may not make. Offsets are in bytes; an access is of exactly its width and aligned to it. Thread-safe,
/// but reading, changing and writing a register back is not one step.
/// </remarks>
public sealed class PciConfigSpace : IConfigBytes
{
    private readonly DeviceRegion _region;

    internal PciConfigSpace(DeviceRegion region, string name)
    {
        _region = region;
        Name = name;
    }

    /// <summary>Its length in bytes: 256, or 4096 where extended configuration space can be reached.</summary>
    public long Length => _region.Length;

    /// <summary>The vendor's id.</summary>
    public ushort VendorId => Read16(PCI_VENDOR_ID);

    /// <summary>The device's id among its vendor's.</summary>
    public ushort DeviceId => Read16(PCI_DEVICE_ID);

    /// <summary>Class, subclass and programming interface, as <c>0xccsspp</c>.</summary>
    public uint ClassCode => Read32(PCI_CLASS_REVISION) >> 8;

    /// <summary>The command register. Bus mastering is off when a device is opened.</summary>
    /// <exception cref="VfioException">The kernel refused the access.</exception>
    public PciCommand Command
    {
        get => (PciCommand)Read16(PCI_COMMAND);
        set => Write16(PCI_COMMAND, (ushort)value);
    }

    /// <summary>The capabilities in the first 256 bytes.</summary>
    public PciCapabilityList Capabilities => new(this);

    /// <summary>The capabilities behind the first 256 bytes; none on a conventional device.</summary>
    public PciExtendedCapabilityList ExtendedCapabilities => new(this);

    /// <inheritdoc/>
    PciChainState IConfigBytes.BeyondLength => PciChainState.PointsPastEnd;

    internal string Name { get; }

    /// <summary>Finds the first capability of an id, as <c>PCI_CAP_ID_*</c> numbers them.</summary>
    /// <returns>Whether the device has it.</returns>
    /// <exception cref="InvalidDataException">The chain is malformed.</exception>
    public bool TryFindCapability(byte id, out PciCapability capability)
    {
        foreach (PciCapability candidate in Capabilities)
        {
            if (candidate.Id == id)
            {
                capability = candidate;
                return true;
            }
        }

        capability = default;
        return false;
    }

    /// <summary>Finds the first extended capability of an id, as <c>PCI_EXT_CAP_ID_*</c> numbers them.</summary>
    /// <returns>Whether the device has it.</returns>
    /// <exception cref="InvalidDataException">The chain is malformed.</exception>
    public bool TryFindExtendedCapability(ushort id, out PciExtendedCapability capability)
    {
        foreach (PciExtendedCapability candidate in ExtendedCapabilities)
        {
            if (candidate.Id == id)
            {
                capability = candidate;
                return true;
            }
        }

        capability = default;
        return false;
    }

    /// <summary>Finds the first capability of a kind, and reads its registers.</summary>
    /// <returns>Whether the device has it, as the kernel shows it.</returns>
    /// <exception cref="InvalidDataException">The chain is malformed, or the capability does not fit where it is.</exception>
    /// <exception cref="VfioException">The kernel refused the access.</exception>
    public bool TryGet<T>(out T capability)
        where T : struct, IPciCapability<T>
    {
        capability = default;
        return TryFindOffset<T>(out int offset) && Get(offset, out capability);
    }

    /// <summary>Reads 8 bits.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public byte Read8(int offset) => _region.Read8(offset);

    /// <summary>Reads 16 bits.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public ushort Read16(int offset) => _region.Read16(offset);

    /// <summary>Reads 32 bits.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public uint Read32(int offset) => _region.Read32(offset);

    /// <summary>Reads bytes.</summary>
    /// <exception cref="ArgumentException">The bytes leave the configuration space.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public void Read(int offset, Span<byte> destination) => _region.Read(offset, destination);

    /// <summary>Writes 8 bits.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public void Write8(int offset, byte value) => _region.Write8(offset, value);

    /// <summary>Writes 16 bits.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public void Write16(int offset, ushort value) => _region.Write16(offset, value);

    /// <summary>Writes 32 bits.</summary>
    /// <exception cref="ArgumentException">The offset is misaligned or outside.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public void Write32(int offset, uint value) => _region.Write32(offset, value);

    /// <summary>Writes bytes.</summary>
    /// <exception cref="ArgumentException">The bytes leave the configuration space.</exception>
    /// <exception cref="VfioException">The kernel refused.</exception>
    public void Write(int offset, ReadOnlySpan<byte> source) => _region.Write(offset, source);

    private bool TryFindOffset<T>(out int offset)
        where T : struct, IPciCapability<T>
    {
        if (T.IsExtended)
        {
            bool isThere = TryFindExtendedCapability(T.Id, out PciExtendedCapability extended);
            offset = extended.Offset;
            return isThere;
        }

        bool has = TryFindCapability((byte)T.Id, out PciCapability standard);
        offset = standard.Offset;
        return has;
    }

    private bool Get<T>(int offset, out T capability)
        where T : struct, IPciCapability<T>
    {
        long end = Math.Min(T.IsExtended ? PCI_CFG_SPACE_EXP_SIZE : PCI_CFG_SPACE_SIZE, Length);
        Span<byte> bytes = stackalloc byte[(int)Math.Min(T.MaxLength, end - offset)];
        Read(offset, bytes);
        return T.TryRead(bytes, out capability)
            ? true
            : throw new InvalidDataException($"{Name}: the capability at 0x{offset:x} does not fit between there and the end at 0x{end:x}.");
    }
}
