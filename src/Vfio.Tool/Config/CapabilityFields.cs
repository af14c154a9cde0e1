using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>Describes the capabilities in the first 256 bytes.</summary>
internal static class CapabilityFields
{
    /// <summary>The decoders, by id.</summary>
    public static IReadOnlyDictionary<ushort, CapabilityDecoder> Decoders { get; } = new[]
    {
        CapabilityDecoder.For<PciPowerManagement>(Of),
        CapabilityDecoder.For<PciVitalProductData>(static it => new FieldSet().Address("address", (ulong)it.Address).Flag("flag", it.Flag)),
        CapabilityDecoder.For<PciMsi>(Of),
        CapabilityDecoder.For<PciMsix>(Of),
        CapabilityDecoder.For<PciExpress>(ExpressFields.Of),
        CapabilityDecoder.For<PciAdvancedFeatures>(static it => new FieldSet()
            .Flag("functionLevelReset", it.HasFunctionLevelReset)
            .Flag("transactionPending", it.IsTransactionPending)
            .Flag("tellsPending", it.HasTransactionPending)),
        CapabilityDecoder.For<PciEnhancedAllocation>(Of),
        CapabilityDecoder.For<PciVendorSpecific>(static it => new FieldSet().Number("length", it.Length)),
        CapabilityDecoder.For<PciBridgeSubsystem>(static it => new FieldSet().Id("vendorId", it.VendorId).Id("deviceId", it.DeviceId)),
    }.ToDictionary(static decoder => decoder.Id);

    private static FieldSet Of(PciPowerManagement it) => new FieldSet()
        .Number("version", it.Version)
        .Choice("state", it.State)
        .Names("pmeFrom", it.PmeStates)
        .Flag("noSoftReset", it.NoSoftReset)
        .Flag("d1", it.SupportsD1)
        .Flag("d2", it.SupportsD2)
        .Flag("pmeEnabled", it.IsPmeEnabled)
        .Flag("pmePending", it.IsPmePending);

    private static FieldSet Of(PciMsi it)
    {
        FieldSet fields = new FieldSet()
            .Number("vectors", it.VectorCount)
            .Number("enabledVectors", it.EnabledVectorCount)
            .Address("address", it.Address)
            .Address("data", it.Data);
        if (it.HasMask)
        {
            fields.Address("mask", it.Mask).Address("pending", it.Pending);
        }

        return fields.Flag("enabled", it.IsEnabled).Flag("address64", it.Is64Bit).Flag("maskPerVector", it.HasMask);
    }

    private static FieldSet Of(PciMsix it) => new FieldSet()
        .Number("vectors", it.TableSize)
        .Number("tableBar", it.TableBar)
        .Address("tableOffset", it.TableOffset)
        .Number("pendingBitsBar", it.PendingBitsBar)
        .Address("pendingBitsOffset", it.PendingBitsOffset)
        .Flag("enabled", it.IsEnabled)
        .Flag("masked", it.IsMasked);

    private static FieldSet Of(PciEnhancedAllocation it, PciConfigImage image, int offset)
    {
        PciHeaderType type = image.TryGetHeader(out PciHeader header) ? header.Type : PciHeaderType.Normal;
        List<FieldSet> entries = [];
        foreach (PciEnhancedAllocationEntry entry in new PciEnhancedAllocationEntries(image.BytesAt(offset), type))
        {
            entries.Add(new FieldSet()
                .Number("barEquivalent", entry.BarEquivalent)
                .Address("base", entry.Base)
                .Address("maxOffset", entry.MaxOffset)
                .Address("primaryProperties", (ulong)entry.PrimaryProperties)
                .Address("secondaryProperties", (ulong)entry.SecondaryProperties)
                .Flag("enabled", entry.IsEnabled)
                .Flag("writable", entry.IsWritable));
        }

        return new FieldSet().Number("count", it.EntryCount).List("entries", entries);
    }
}
