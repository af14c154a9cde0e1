using System.Text.Json.Serialization;

namespace Vfio.Assignability;

/// <summary>How records become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    MaxDepth = 4)]
[JsonSerializable(typeof(BindingRecord))]
internal sealed partial class HandoverJson : JsonSerializerContext;
