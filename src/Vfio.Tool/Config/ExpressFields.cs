using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>Describes the capability of PCI Express.</summary>
internal static class ExpressFields
{
    public static FieldSet Of(PciExpress it)
    {
        FieldSet fields = new FieldSet()
            .Number("version", it.Version)
            .Choice("type", it.Type)
            .Number("maxPayloadSupported", it.MaxPayloadSupported)
            .Number("maxPayload", it.MaxPayload)
            .Number("maxReadRequest", it.MaxReadRequest)
            .Names("errors", it.Errors);
        if (it.HasLink)
        {
            fields
                .Text("maxLinkSpeed", Speed(it.MaxLinkSpeed), forPeople: Speed(it.MaxLinkSpeed) ?? "not defined")
                .Number("maxLinkWidth", it.MaxLinkWidth)
                .Text("linkSpeed", Speed(it.LinkSpeed), forPeople: Speed(it.LinkSpeed) ?? "not defined")
                .Number("linkWidth", it.LinkWidth)
                .Number("port", it.PortNumber);
        }

        fields
            .Flag("functionLevelReset", it.HasFunctionLevelReset)
            .Flag("transactionPending", it.IsTransactionPending)
            .Flag("relaxedOrdering", it.IsRelaxedOrderingEnabled)
            .Flag("noSnoop", it.IsNoSnoopEnabled)
            .Flag("extendedTag", it.IsExtendedTagEnabled)
            .Flag("slot", it.HasSlot);
        return it.HasSecondRegisters
            ? fields
                .Names("atomics", it.Atomics)
                .Flag("atomicRequester", it.IsAtomicRequesterEnabled)
                .Flag("atomicEgressBlocked", it.IsAtomicEgressBlocked)
                .Flag("ariForwardingSupported", it.SupportsAriForwarding)
                .Flag("ariForwarding", it.IsAriForwardingEnabled)
                .Flag("latencyToleranceReportingSupported", it.SupportsLatencyToleranceReporting)
                .Flag("latencyToleranceReporting", it.IsLatencyToleranceReportingEnabled)
                .Flag("endToEndPrefixesSupported", it.SupportsEndToEndPrefixes)
            : fields;
    }

    private static string? Speed(PciLinkSpeed speed) => speed switch
    {
        PciLinkSpeed.Gen1 => "2.5 GT/s",
        PciLinkSpeed.Gen2 => "5 GT/s",
        PciLinkSpeed.Gen3 => "8 GT/s",
        PciLinkSpeed.Gen4 => "16 GT/s",
        PciLinkSpeed.Gen5 => "32 GT/s",
        PciLinkSpeed.Gen6 => "64 GT/s",
        _ => null,
    };
}
