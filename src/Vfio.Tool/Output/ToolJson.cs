using System.Text.Json.Serialization;
using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Mmio;
using Vfio.Tool.Bench.Sweep;
using Vfio.Tool.Demo;

namespace Vfio.Tool.Output;

/// <summary>How results become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true)]
[JsonSerializable(typeof(ListEntry[]))]
[JsonSerializable(typeof(DemoReport))]
[JsonSerializable(typeof(SweepReport))]
[JsonSerializable(typeof(MmioReport))]
[JsonSerializable(typeof(IrqReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
