using System.Buffers.Binary;
using System.Text;

namespace Vfio.Nvme;

/// <summary>What the controller says of itself (Identify, CNS 01h; NVM Express 1.4, 5.15.2.2, figure 247).</summary>
public sealed record IdentifyController
{
    /// <summary>The length of the structure in bytes.</summary>
    internal const int Length = 4096;

    /// <summary>The PCI vendor (VID).</summary>
    public required ushort VendorId { get; init; }

    /// <summary>The serial number (SN), without the blanks around it.</summary>
    public required string SerialNumber { get; init; }

    /// <summary>The model number (MN), without the blanks around it.</summary>
    public required string ModelNumber { get; init; }

    /// <summary>The firmware revision (FR), without the blanks around it.</summary>
    public required string FirmwareRevision { get; init; }

    /// <summary>The controller's identifier in its subsystem (CNTLID).</summary>
    public required ushort ControllerId { get; init; }

    /// <summary>The version of the specification, as in the register VS: major in bits 31:16, minor in 15:8.</summary>
    public required uint Version { get; init; }

    /// <summary>The most data of a command, in pages of <see cref="ControllerCapabilities.MinPageSize"/> as a power of two; zero for no limit (MDTS).</summary>
    public required int MaxTransferShift { get; init; }

    /// <summary>Optional admin commands (OACS).</summary>
    public required AdminCommandSupport AdminCommands { get; init; }

    /// <summary>How many Abort commands may be outstanding (ACL, counted from one).</summary>
    public required int AbortLimit { get; init; }

    /// <summary>How many Asynchronous Event Requests may be outstanding (AERL, counted from one).</summary>
    public required int AsyncEventLimit { get; init; }

    /// <summary>The highest namespace identifier (NN).</summary>
    public required uint NamespaceCount { get; init; }

    /// <summary>Optional commands of the NVM command set (ONCS).</summary>
    public required NvmCommandSupport NvmCommands { get; init; }

    /// <summary>Whether a format of any namespace formats all of them (FNA bit 0).</summary>
    public required bool FormatsAllNamespaces { get; init; }

    /// <summary>Whether there is a volatile write cache (VWC), which <see cref="IoQueuePair.TryFlush"/> empties.</summary>
    public required bool HasVolatileWriteCache { get; init; }

    /// <summary>Whether commands may describe their data with scatter gather lists (SGLS bits 1:0).</summary>
    public required bool SupportsSgl { get; init; }

    /// <summary>Whether such data must be aligned to four bytes (SGLS 10b).</summary>
    public required bool SglNeedsDwordAlignment { get; init; }

    internal static IdentifyController Parse(ReadOnlySpan<byte> data)
    {
        uint sgls = BinaryPrimitives.ReadUInt32LittleEndian(data[536..]);
        return new IdentifyController
        {
            VendorId = BinaryPrimitives.ReadUInt16LittleEndian(data),
            SerialNumber = Text(data.Slice(4, 20)),
            ModelNumber = Text(data.Slice(24, 40)),
            FirmwareRevision = Text(data.Slice(64, 8)),
            MaxTransferShift = data[77],
            ControllerId = BinaryPrimitives.ReadUInt16LittleEndian(data[78..]),
            Version = BinaryPrimitives.ReadUInt32LittleEndian(data[80..]),
            AdminCommands = (AdminCommandSupport)BinaryPrimitives.ReadUInt16LittleEndian(data[256..]),
            AbortLimit = data[258] + 1,
            AsyncEventLimit = data[259] + 1,
            NamespaceCount = BinaryPrimitives.ReadUInt32LittleEndian(data[516..]),
            NvmCommands = (NvmCommandSupport)BinaryPrimitives.ReadUInt16LittleEndian(data[520..]),
            FormatsAllNamespaces = (data[524] & 1) != 0,
            HasVolatileWriteCache = (data[525] & 1) != 0,
            SupportsSgl = (sgls & 3) is 1 or 2,
            SglNeedsDwordAlignment = (sgls & 3) == 2,
        };
    }

    // A device may say anything: what is no printable ASCII must not reach a terminal.
    private static string Text(ReadOnlySpan<byte> field)
    {
        var text = new StringBuilder(field.Length);
        foreach (byte value in field)
        {
            text.Append(value is >= 0x20 and < 0x7f ? (char)value : value == 0 ? ' ' : '?');
        }

        return text.ToString().Trim();
    }
}
