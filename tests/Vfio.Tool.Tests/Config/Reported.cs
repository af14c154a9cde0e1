using System.Globalization;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Config;
using Vfio.Tool.Output;

namespace Vfio.Tool.Tests.Config;

/// <summary>What <c>vfio config</c> prints for an image.</summary>
internal static class Reported
{
    private static readonly PciNames _names = PciNames.Parse(
        ["8086  Intel Corporation", "\t10c9  82576 Gigabit Network Connection", "1af4  Red Hat, Inc.", "C 02  Network controller", "\t00  Ethernet controller"]);

    public static JsonElement Json(PciConfigImage image, bool raw = false)
        => JsonElement.Parse(JsonSerializer.Serialize(Report(image, raw, ConfigSource.Sysfs), ToolJson.Default.ConfigReport));

    public static string[] Text(PciConfigImage image, string source = ConfigSource.Sysfs)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var text = new ConfigText(writer);
        text.Write(Report(image, raw: false, source));
        return writer.ToString().Split(Environment.NewLine);
    }

    public static string[] Dump(ReadOnlySpan<byte> bytes)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        new ConfigText(writer).Dump(bytes);
        return writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    private static ConfigReport Report(PciConfigImage image, bool raw, string source)
        => ConfigReport.Of(PciAddress.Parse("0000:01:00.0"), 0x8086, 0x10c9, image, source, _names, raw);
}
