using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>Bytes of a function's configuration space, decoded. They were read once, and may be fewer than there are.</summary>
/// <remarks>
/// <para>The kernel shows 64 bytes to ordinary users (128 of a CardBus bridge), and all, which are 256 or 4096, to those with
/// <c>CAP_SYS_ADMIN</c>. What lies behind the bytes is not known, which is not the same as not there: see <see cref="PciPresence"/>.</para>
/// <para>Immutable, and so thread-safe. Creating one copies the bytes; decoding allocates nothing, and no bytes make it fail.</para>
/// </remarks>
public sealed partial class PciConfigImage
{
    private readonly byte[] _bytes;

    /// <summary>Copies bytes, which begin with the first of the configuration space.</summary>
    /// <exception cref="ArgumentException">There are more than 4096 bytes.</exception>
    public PciConfigImage(ReadOnlySpan<byte> bytes)
        : this(bytes.Length <= PCI_CFG_SPACE_EXP_SIZE
            ? bytes.ToArray()
            : throw new ArgumentException($"A configuration space has {PCI_CFG_SPACE_EXP_SIZE} bytes at most, not {bytes.Length}.", nameof(bytes)))
    {
    }

    private PciConfigImage(byte[] bytes) => _bytes = bytes;

    /// <summary>How many bytes are known, from the first one on.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether everything reads as ones, as it does where no function answers: unplugged, in reset, or without power.</summary>
    /// <remarks>The ids alone read as ones on virtual functions, which are there.</remarks>
    public bool IsGone => Length >= sizeof(ulong) && Bytes.U64(0) == ulong.MaxValue;

    /// <summary>The capabilities in the first 256 bytes: those that can be reached, and how the chain ends.</summary>
    public PciCapabilityChain Capabilities => new(this);

    /// <summary>The capabilities behind the first 256 bytes: those that can be reached, and how the chain ends.</summary>
    public PciExtendedCapabilityChain ExtendedCapabilities => new(this);

    /// <summary>Reads the header.</summary>
    /// <returns>Whether the first 64 bytes are known.</returns>
    public bool TryGetHeader(out PciHeader header) => PciHeader.TryRead(_bytes, out header);

    /// <summary>Reads the part of the header that only bridges have.</summary>
    /// <returns>Whether the first 64 bytes are known, and those of a bridge to PCI.</returns>
    public bool TryGetBridgeHeader(out PciBridgeHeader header) => PciBridgeHeader.TryRead(_bytes, out header);

    /// <summary>Reads the part of the header that only bridges to CardBus have.</summary>
    /// <returns>Whether the first 64 bytes are known, and those of a bridge to CardBus.</returns>
    public bool TryGetCardBusHeader(out PciCardBusHeader header) => PciCardBusHeader.TryRead(_bytes, out header);

    /// <summary>Finds the first capability of a kind.</summary>
    /// <param name="capability">The capability, where it is present.</param>
    /// <returns>Whether it is there, not there, or cannot be known.</returns>
    public PciPresence Find<T>(out T capability)
        where T : struct, IPciCapability<T>
    {
        capability = default;
        PciPresence presence = T.IsExtended ? OffsetOfExtended(T.Id, out int offset) : OffsetOf(T.Id, out offset);
        return presence == PciPresence.Present ? Read(offset, out capability) : presence;
    }

    /// <summary>Finds the first capability of a kind.</summary>
    /// <returns>Whether it is known to be there. False does not say that it is not: see <see cref="Find{T}"/>.</returns>
    public bool TryGet<T>(out T capability)
        where T : struct, IPciCapability<T>
        => Find(out capability) == PciPresence.Present;

    /// <summary>Reads a capability where it is, which matters for those that a function may have more than one of.</summary>
    /// <param name="offset">Where it begins, in bytes.</param>
    /// <param name="capability">The capability, where it is present.</param>
    /// <returns>
    /// <see cref="PciPresence.Present"/>; <see cref="PciPresence.Unknown"/> where the bytes that are known end before it does;
    /// <see cref="PciPresence.Malformed"/> where the space does, or another capability is there.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public PciPresence Read<T>(int offset, out T capability)
        where T : struct, IPciCapability<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int start = T.IsExtended ? PCI_CFG_SPACE_SIZE : PCI_STD_HEADER_SIZEOF;
        int end = T.IsExtended ? PCI_CFG_SPACE_EXP_SIZE : PCI_CFG_SPACE_SIZE;
        capability = default;
        if (offset < start || offset >= end)
        {
            return PciPresence.Malformed;
        }

        ReadOnlySpan<byte> bytes = BytesAt(offset);
        if (T.TryRead(bytes, out capability))
        {
            return PciPresence.Present;
        }

        bool isOther = T.IsExtended
            ? bytes.Length >= sizeof(ushort) && bytes.U16(0) != T.Id
            : !bytes.IsEmpty && bytes[0] != T.Id;
        return isOther || Length >= end || bytes.Length >= T.MaxLength ? PciPresence.Malformed : PciPresence.Unknown;
    }

    /// <summary>The bytes of a capability and what follows, up to the end of its space or of what is known.</summary>
    /// <param name="offset">Where the capability begins, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative.</exception>
    public ReadOnlySpan<byte> BytesAt(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        int end = Math.Min(offset < PCI_CFG_SPACE_SIZE ? PCI_CFG_SPACE_SIZE : PCI_CFG_SPACE_EXP_SIZE, Length);
        return offset < end ? _bytes.AsSpan(offset, end - offset) : [];
    }

    private static PciPresence Presence(PciChainEnd end)
        => end.IsComplete ? PciPresence.Absent : end.IsMalformed ? PciPresence.Malformed : PciPresence.Unknown;

    private PciPresence OffsetOf(ushort id, out int offset)
    {
        PciCapabilityChain.Enumerator walk = Capabilities.GetEnumerator();
        while (walk.MoveNext())
        {
            if (walk.Current.Id == id)
            {
                offset = walk.Current.Offset;
                return PciPresence.Present;
            }
        }

        offset = 0;
        return Presence(walk.End);
    }

    private PciPresence OffsetOfExtended(ushort id, out int offset)
    {
        PciExtendedCapabilityChain.Enumerator walk = ExtendedCapabilities.GetEnumerator();
        while (walk.MoveNext())
        {
            if (walk.Current.Id == id)
            {
                offset = walk.Current.Offset;
                return PciPresence.Present;
            }
        }

        offset = 0;
        return Presence(walk.End);
    }
}
