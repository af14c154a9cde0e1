using System.Text.Json.Serialization;
using Vfio.Assignability;
using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Mmio;
using Vfio.Tool.Bench.Sweep;
using Vfio.Tool.Config;
using Vfio.Tool.Demo;
using Vfio.Tool.Handover;
using Vfio.Tool.Groups;
using Vfio.Tool.Inspect.Json;
using Vfio.Tool.Reset;

namespace Vfio.Tool.Output;

/// <summary>How results become JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    Converters =
    [
        typeof(AddressConverter),
        typeof(LowerCaseConverter<Verdict>),
        typeof(LowerCaseConverter<Severity>),
        typeof(LowerCaseConverter<Confidence>),
        typeof(LowerCaseConverter<MemberRole>),
        typeof(LowerCaseConverter<ResetKind>),
        typeof(JsonStringEnumConverter<ResetClass>),
    ])]
[JsonSerializable(typeof(ListEntry[]))]
[JsonSerializable(typeof(ConfigReport))]
[JsonSerializable(typeof(CaptureSummary))]
[JsonSerializable(typeof(GroupEntry[]))]
[JsonSerializable(typeof(DemoReport))]
[JsonSerializable(typeof(ReportDocument))]
[JsonSerializable(typeof(PageDocument))]
[JsonSerializable(typeof(HandoverDocument))]
[JsonSerializable(typeof(ResetDocument))]
[JsonSerializable(typeof(SweepReport))]
[JsonSerializable(typeof(MmioReport))]
[JsonSerializable(typeof(IrqReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
