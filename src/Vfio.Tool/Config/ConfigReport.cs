using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>The output of <c>vfio config --json</c>.</summary>
internal sealed record ConfigReport
{
    public required string Device { get; init; }

    /// <summary>Vendor and device, as the kernel knows them, of virtual functions too.</summary>
    public required string Ids { get; init; }

    /// <summary>What the function is called, or null where the system has no names.</summary>
    public required string? Name { get; init; }

    /// <summary>sysfs or vfio.</summary>
    public required string Source { get; init; }

    /// <summary>How many bytes are known.</summary>
    public required int KnownBytes { get; init; }

    /// <summary>Whether everything reads as ones, so that nothing is known.</summary>
    public required bool Gone { get; init; }

    /// <summary>What the header says, or null where it is not known.</summary>
    public required JsonObject? Header { get; init; }

    public required CapabilityChain Capabilities { get; init; }

    public required CapabilityChain ExtendedCapabilities { get; init; }

    /// <summary>The bytes in hexadecimal, where they were asked for.</summary>
    public required string? Raw { get; init; }

    /// <summary>The header for people.</summary>
    [JsonIgnore]
    public FieldSet? HeaderFields { get; init; }

    public static ConfigReport Of(
        PciAddress address, ushort vendor, ushort device, PciConfigImage image, string source, PciNames names, bool raw)
    {
        FieldSet? header = image.IsGone ? null : Config.HeaderFields.Of(image, names);
        string name = $"{names.OfVendor(vendor)} {names.OfDevice(vendor, device)}".Trim();
        return new ConfigReport
        {
            Device = address.ToString(),
            Ids = string.Create(CultureInfo.InvariantCulture, $"{vendor:x4}:{device:x4}"),
            Name = name.Length > 0 ? name : null,
            Source = source,
            KnownBytes = image.Length,
            Gone = image.IsGone,
            Header = header?.ToJson(),
            Capabilities = CapabilityChain.Standard(image),
            ExtendedCapabilities = CapabilityChain.Extended(image),
            Raw = raw ? Convert.ToHexStringLower(image.Bytes) : null,
            HeaderFields = header,
        };
    }
}
