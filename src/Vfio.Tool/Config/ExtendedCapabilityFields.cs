using System.Buffers.Binary;
using System.Globalization;
using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>Describes the capabilities behind the first 256 bytes.</summary>
internal static class ExtendedCapabilityFields
{
    /// <summary>The decoders, by id.</summary>
    public static IReadOnlyDictionary<ushort, CapabilityDecoder> Decoders { get; } = new[]
    {
        CapabilityDecoder.For<PciAdvancedErrors>(Of),
        CapabilityDecoder.For<PciSerialNumber>(static it => new FieldSet().Text("serial", Serial(it.Value))),
        CapabilityDecoder.For<PciAccessControlServices>(static it => new FieldSet()
            .Names("supported", it.Supported).Names("enabled", it.Enabled).Number("egressControlBits", it.EgressControlBits)),
        CapabilityDecoder.For<PciAlternativeRouting>(static it => new FieldSet()
            .Number("nextFunction", it.NextFunction)
            .Flag("arbitrationGroups", it.HasArbitrationGroups)
            .Flag("accessControlGroups", it.HasAccessControlGroups)),
        CapabilityDecoder.For<PciAddressTranslation>(static it => new FieldSet()
            .Number("queueDepth", it.QueueDepth)
            .Size("smallestTranslation", it.SmallestTranslation)
            .Flag("enabled", it.IsEnabled)
            .Flag("pageAligned", it.IsPageAligned)),
        CapabilityDecoder.For<PciPageRequests>(Of),
        CapabilityDecoder.For<PciProcessAddressSpaces>(Of),
        CapabilityDecoder.For<PciSriov>(Of),
        CapabilityDecoder.For<PciResizableBars>(static it => Of(it.Bars)),
        CapabilityDecoder.For<PciVfResizableBars>(static it => Of(it.Bars)),
        CapabilityDecoder.For<PciLatencyTolerance>(static it => new FieldSet()
            .Number("maxSnoopNs", it.MaxSnoopNanoseconds).Number("maxNoSnoopNs", it.MaxNoSnoopNanoseconds)),
        CapabilityDecoder.For<PciDesignatedVendorSpecific>(static it => new FieldSet()
            .Id("vendorId", it.VendorId, it.IsCxl ? "CXL" : null)
            .Id("dvsecId", it.DvsecId, it.CxlName)
            .Number("revision", it.Revision)
            .Number("length", it.Length)
            .Text("cxlName", it.CxlName)
            .Flag("cxl", it.IsCxl)),
        CapabilityDecoder.For<PciVendorSpecificExtended>(static it => new FieldSet()
            .Id("vsecId", it.VsecId).Number("revision", it.Revision).Number("length", it.Length)),
        CapabilityDecoder.For<PciDataObjectExchange>(static it => new FieldSet()
            .Number("interruptMessage", it.InterruptMessage)
            .Flag("interruptSupported", it.SupportsInterrupt)
            .Flag("interruptEnabled", it.IsInterruptEnabled)
            .Flag("busy", it.IsBusy)
            .Flag("error", it.HasError)
            .Flag("answerReady", it.IsAnswerReady)),
        CapabilityDecoder.For<PciTransactionHints>(Of),
    }.ToDictionary(static decoder => decoder.Id);

    private static FieldSet Of(PciAdvancedErrors it) => new FieldSet()
        .Names("uncorrectable", it.Uncorrectable)
        .Names("uncorrectableMask", it.UncorrectableMask)
        .Names("fatal", it.Severity)
        .Names("correctable", it.Correctable)
        .Names("correctableMask", it.CorrectableMask)
        .Number("firstError", it.FirstError)
        .Flag("ecrcGeneration", it.IsEcrcGenerationEnabled)
        .Flag("ecrcCheck", it.IsEcrcCheckEnabled);

    private static FieldSet Of(PciPageRequests it) => new FieldSet()
        .Number("capacity", it.Capacity)
        .Number("allocation", it.Allocation)
        .Flag("enabled", it.IsEnabled)
        .Flag("stopped", it.IsStopped)
        .Flag("failed", it.HasFailed)
        .Flag("unexpectedAnswer", it.HasUnexpectedAnswer)
        .Flag("pasidInAnswers", it.NeedsPasidInAnswers);

    private static FieldSet Of(PciProcessAddressSpaces it) => new FieldSet()
        .Number("width", it.Width)
        .Flag("enabled", it.IsEnabled)
        .Flag("executeSupported", it.SupportsExecute)
        .Flag("execute", it.IsExecuteEnabled)
        .Flag("privilegedSupported", it.SupportsPrivileged)
        .Flag("privileged", it.IsPrivilegedEnabled);

    private static FieldSet Of(PciSriov it) => new FieldSet()
        .Number("totalVfs", it.TotalVfs)
        .Number("initialVfs", it.InitialVfs)
        .Number("numVfs", it.NumVfs)
        .Number("firstVfOffset", it.FirstVfOffset)
        .Number("vfStride", it.VfStride)
        .Id("vfDeviceId", it.VfDeviceId)
        .Address("supportedPageSizes", it.SupportedPageSizes)
        .Size("pageSize", it.PageSize)
        .Number("dependencyLink", it.DependencyLink)
        .List("vfBars", BarFields.Of(it.VfBars))
        .Flag("vfEnabled", it.IsVfEnabled)
        .Flag("vfMemoryEnabled", it.IsVfMemoryEnabled)
        .Flag("ariHierarchy", it.IsAriHierarchy);

    private static FieldSet Of(PciResizableBarSet bars) => new FieldSet().List(
        "bars",
        Enumerable.Range(0, bars.Count).Select(index => bars[index]).Select(static bar => new FieldSet()
            .Number("bar", bar.Index)
            .Size("size", bar.Size)
            .Size("largestSize", bar.LargestSize)
            .Address("supportedSizes", bar.SupportedSizes)));

    private static FieldSet Of(PciTransactionHints it) => new FieldSet()
        .Choice("table", it.Table)
        .Number("tableSize", it.TableSize)
        .Flag("enabled", it.IsEnabled)
        .Flag("noTags", it.SupportsNoTags)
        .Flag("tagsByVector", it.SupportsTagsByVector)
        .Flag("tagsByDevice", it.SupportsTagsByDevice)
        .Flag("extendedTags", it.SupportsExtendedTags);

    // The high byte first, with dashes, as lspci and the kernel's drivers write it.
    private static string Serial(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return string.Join('-', bytes.ToArray().Select(static part => part.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
