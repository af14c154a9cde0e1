using System.Globalization;
using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>Describes the header of a configuration space.</summary>
internal static class HeaderFields
{
    private const ushort NoId = ushort.MaxValue;

    /// <summary>What the header says, or null where the bytes end before it does.</summary>
    public static FieldSet? Of(PciConfigImage image, PciNames names)
    {
        if (!image.TryGetHeader(out PciHeader header))
        {
            return null;
        }

        FieldSet fields = new FieldSet()
            .Id("vendorId", header.VendorId, header.VendorId == NoId ? "(of a virtual function; its physical function knows)" : names.OfVendor(header.VendorId))
            .Id("deviceId", header.DeviceId, names.OfDevice(header.VendorId, header.DeviceId))
            .Number("revision", header.RevisionId)
            .Text("class", header.ClassCode.ToString("x6", CultureInfo.InvariantCulture), ClassText(header, names))
            .Choice("type", header.Type)
            .Names("command", header.Command)
            .Names("status", header.Status)
            .Number("cacheLineSize", header.CacheLineSize)
            .Number("latencyTimer", header.LatencyTimer)
            .Text("interruptPin", Pin(header.InterruptPin))
            .Number("interruptLine", header.InterruptLine)
            .Flag("multifunction", header.IsMultifunction);
        if (header.Type == PciHeaderType.Normal)
        {
            fields
                .Id("subsystemVendorId", header.SubsystemVendorId, names.OfVendor(header.SubsystemVendorId))
                .Id("subsystemId", header.SubsystemId);
        }

        if (image.TryGetBridgeHeader(out PciBridgeHeader bridge))
        {
            fields.Part("bridge", Of(bridge));
        }

        if (image.TryGetCardBusHeader(out PciCardBusHeader cardBus))
        {
            fields.Part("cardBus", Of(cardBus));
        }

        return fields
            .List("bars", BarFields.Of(header.Bars))
            .Part("rom", new FieldSet().Address("address", header.Rom.Address).Flag("enabled", header.Rom.IsEnabled), RomText(header.Rom));
    }

    private static FieldSet Of(PciBridgeHeader bridge) => new FieldSet()
        .Number("primaryBus", bridge.PrimaryBus)
        .Number("secondaryBus", bridge.SecondaryBus)
        .Number("subordinateBus", bridge.SubordinateBus)
        .Number("secondaryLatencyTimer", bridge.SecondaryLatencyTimer)
        .Names("secondaryStatus", bridge.SecondaryStatus)
        .Names("control", bridge.Control)
        .Text("io", Window(bridge.IO))
        .Text("memory", Window(bridge.Memory))
        .Text("prefetchableMemory", Window(bridge.PrefetchableMemory));

    private static FieldSet Of(PciCardBusHeader bridge) => new FieldSet()
        .Number("primaryBus", bridge.PrimaryBus)
        .Number("cardBus", bridge.CardBus)
        .Number("subordinateBus", bridge.SubordinateBus)
        .Number("cardLatencyTimer", bridge.CardLatencyTimer)
        .Names("secondaryStatus", bridge.SecondaryStatus)
        .Address("control", (ulong)bridge.Control);

    private static string? Window(PciBridgeWindow window)
        => window.IsOpen ? string.Create(CultureInfo.InvariantCulture, $"0x{window.First:x}-0x{window.Last:x}") : null;

    private static string RomText(PciRomBar rom)
        => rom.Address == 0 ? "none, or without an address"
            : string.Create(CultureInfo.InvariantCulture, $"address 0x{rom.Address:x}{(rom.IsEnabled ? ", enabled" : string.Empty)}");

    private static string ClassText(PciHeader header, PciNames names)
        => $"{header.ClassCode.ToString("x6", CultureInfo.InvariantCulture)} {names.OfClass(header.ClassCode)}".TrimEnd();

    private static string? Pin(byte pin) => pin switch
    {
        0 => null,
        <= 4 => ((char)('A' + pin - 1)).ToString(),
        _ => pin.ToString(CultureInfo.InvariantCulture),
    };
}
