using System.Text.Json;
using System.Text.Json.Serialization;
using Vfio.Core;

namespace Vfio.Tool.Inspect.Json;

/// <summary>Addresses as the kernel writes them.</summary>
internal sealed class AddressConverter : JsonConverter<PciAddress>
{
    public override PciAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => PciAddress.TryParse(reader.GetString(), out PciAddress address) ? address : throw new JsonException("This is not a PCI address.");

    public override void Write(Utf8JsonWriter writer, PciAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
