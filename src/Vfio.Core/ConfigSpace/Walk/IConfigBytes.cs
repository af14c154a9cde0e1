namespace Vfio.Core;

/// <summary>Where a walk along capabilities reads: a device, or bytes that were read before.</summary>
internal interface IConfigBytes
{
    /// <summary>How many bytes can be read, from the first one on.</summary>
    long Length { get; }

    /// <summary>What it means that a chain goes on behind the length.</summary>
    PciChainState BeyondLength { get; }

    byte Read8(int offset);

    ushort Read16(int offset);

    uint Read32(int offset);
}
