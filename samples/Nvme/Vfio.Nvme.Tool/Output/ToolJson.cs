using System.Text.Json.Serialization;
using Vfio.Nvme.Tool.Perf;
using Vfio.Nvme.Tool.Verify;

namespace Vfio.Nvme.Tool.Output;

/// <summary>How results become JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IdentifyDocument))]
[JsonSerializable(typeof(ListEntry[]))]
[JsonSerializable(typeof(VerifyReport))]
[JsonSerializable(typeof(PerfReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
