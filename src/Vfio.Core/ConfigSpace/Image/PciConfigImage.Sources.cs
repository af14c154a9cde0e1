using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <content>Where the bytes come from.</content>
public sealed partial class PciConfigImage : IConfigBytes
{
    private const string FileName = "config";

    /// <inheritdoc/>
    long IConfigBytes.Length => Length;

    /// <inheritdoc/>
    PciChainState IConfigBytes.BeyondLength => PciChainState.Unknown;

    /// <summary>Reads what the kernel shows of a function (<c>/sys/bus/pci/devices/ADDRESS/config</c>). Needs no privilege for 64 bytes.</summary>
    /// <returns>The bytes that this user may see, or null where there are none.</returns>
    /// <exception cref="VfioException">The machine has no function at this address.</exception>
    public static PciConfigImage? Read(PciAddress address)
    {
        string folder = HostPaths.Root.Function(address);
        return Directory.Exists(folder) ? ReadFile(Path.Combine(folder, FileName)) : throw DeviceErrors.NoSuchDevice(address.ToString());
    }

    /// <summary>Reads a file that has a configuration space in it, such as a function's <c>config</c> in sysfs.</summary>
    /// <returns>Its first 4096 bytes or fewer, or null where it is missing, empty or not for this user.</returns>
    public static PciConfigImage? ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return HostTree.Local.ReadBytes(path, PCI_CFG_SPACE_EXP_SIZE) is { IsKnown: true, Value: { Length: > 0 } bytes } ? new PciConfigImage(bytes) : null;
    }

    /// <summary>Reads all of the configuration space of a device that this process owns.</summary>
    /// <remarks>
    /// What the kernel shows to an owner: with the ids of a virtual function, BARs as the owner wrote them, the interrupt line and pin as
    /// VFIO offers them, and without the capabilities and bits that it keeps to itself.
    /// </remarks>
    /// <exception cref="VfioException">The kernel refused the access.</exception>
    /// <exception cref="ObjectDisposedException">The device has been disposed.</exception>
    public static PciConfigImage Read(PciConfigSpace config)
    {
        ArgumentNullException.ThrowIfNull(config);
        byte[] bytes = new byte[Math.Min(config.Length, PCI_CFG_SPACE_EXP_SIZE)];
        config.Read(0, bytes);
        return new PciConfigImage(bytes);
    }

    /// <inheritdoc/>
    byte IConfigBytes.Read8(int offset) => _bytes[offset];

    /// <inheritdoc/>
    ushort IConfigBytes.Read16(int offset) => Bytes.U16(offset);

    /// <inheritdoc/>
    uint IConfigBytes.Read32(int offset) => Bytes.U32(offset);
}
