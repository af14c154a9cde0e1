namespace Vfio.Core.Tests;

/// <summary>Does something with every kind of capability that is known.</summary>
internal static class EveryCapability
{
    /// <summary>Looks for each of them in an image; counts what is there.</summary>
    public static int Find(PciConfigImage image)
    {
        int present = 0;
        present += Is(image.Find(out PciPowerManagement _)) + Is(image.Find(out PciVitalProductData _)) + Is(image.Find(out PciMsi _));
        present += Is(image.Find(out PciMsix _)) + Is(image.Find(out PciExpress _)) + Is(image.Find(out PciAdvancedFeatures _));
        present += Is(image.Find(out PciEnhancedAllocation _)) + Is(image.Find(out PciVendorSpecific _)) + Is(image.Find(out PciBridgeSubsystem _));
        present += Is(image.Find(out PciAdvancedErrors _)) + Is(image.Find(out PciSerialNumber _)) + Is(image.Find(out PciAccessControlServices _));
        present += Is(image.Find(out PciAlternativeRouting _)) + Is(image.Find(out PciAddressTranslation _)) + Is(image.Find(out PciPageRequests _));
        present += Is(image.Find(out PciProcessAddressSpaces _)) + Is(image.Find(out PciSriov _)) + Is(image.Find(out PciResizableBars _));
        present += Is(image.Find(out PciVfResizableBars _)) + Is(image.Find(out PciLatencyTolerance _)) + Is(image.Find(out PciDesignatedVendorSpecific _));
        present += Is(image.Find(out PciVendorSpecificExtended _)) + Is(image.Find(out PciDataObjectExchange _)) + Is(image.Find(out PciTransactionHints _));
        return present;
    }

    /// <summary>Looks at every bit of information of each of them, at a place in some bytes.</summary>
    public static void Read(ReadOnlySpan<byte> bytes)
    {
        Show<PciPowerManagement>(bytes);
        Show<PciVitalProductData>(bytes);
        Show<PciMsi>(bytes);
        Show<PciMsix>(bytes);
        Show<PciExpress>(bytes);
        Show<PciAdvancedFeatures>(bytes);
        Show<PciEnhancedAllocation>(bytes);
        Show<PciVendorSpecific>(bytes);
        Show<PciBridgeSubsystem>(bytes);
        Show<PciAdvancedErrors>(bytes);
        Show<PciSerialNumber>(bytes);
        Show<PciAccessControlServices>(bytes);
        Show<PciAlternativeRouting>(bytes);
        Show<PciAddressTranslation>(bytes);
        Show<PciPageRequests>(bytes);
        Show<PciProcessAddressSpaces>(bytes);
        Show<PciSriov>(bytes);
        Show<PciResizableBars>(bytes);
        Show<PciVfResizableBars>(bytes);
        Show<PciLatencyTolerance>(bytes);
        Show<PciDesignatedVendorSpecific>(bytes);
        Show<PciVendorSpecificExtended>(bytes);
        Show<PciDataObjectExchange>(bytes);
        Show<PciTransactionHints>(bytes);
    }

    private static int Is(PciPresence presence) => presence == PciPresence.Present ? 1 : 0;

    // A copy with the right id, so that random bytes get past the check of it. What a record shows are all of its properties.
    private static void Show<T>(ReadOnlySpan<byte> bytes)
        where T : struct, IPciCapability<T>
    {
        byte[] copy = bytes.ToArray();
        for (int i = 0; i < copy.Length && i < (T.IsExtended ? 2 : 1); i++)
        {
            copy[i] = (byte)(T.Id >> (8 * i));
        }

        bool isRead = T.TryRead(copy, out T capability);
        Assert.True(isRead || copy.Length < T.MaxLength, $"{typeof(T).Name} of {copy.Length} bytes");
        Assert.NotNull(capability.ToString());
        Assert.Equal(capability, capability);
        if (!isRead)
        {
            Assert.Equal(default, capability);
        }
    }
}
