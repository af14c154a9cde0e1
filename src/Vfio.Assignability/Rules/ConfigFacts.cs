using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a function's configuration space says that matters for giving it away; null for what the caller cannot see.</summary>
/// <param name="MsiVectors">How many vectors of MSI it has.</param>
/// <param name="MsixVectors">How many vectors of MSI-X it has.</param>
/// <param name="HasLine">Whether it has a line interrupt.</param>
/// <param name="CanMaskLine">Whether it is seen to mask its line; null where that is not seen.</param>
/// <param name="IsExpress">Whether it is a function of PCI Express.</param>
/// <param name="HasExpressReset">Whether it says that it can be reset by itself (FLR of PCI Express).</param>
/// <param name="HasAdvancedReset">Whether it says so in Advanced Features, which takes both of its bits for the kernel.</param>
/// <param name="ResetsByPower">Whether it says that it resets on its way from D3hot to D0.</param>
internal sealed record ConfigFacts(
    int? MsiVectors, int? MsixVectors, bool? HasLine, bool? CanMaskLine, bool? IsExpress, bool? HasExpressReset, bool? HasAdvancedReset, bool? ResetsByPower)
{
    private const int CommandOffset = 4;
    private const int InterruptDisable = 0x400;

    private static readonly ConfigFacts _nothing = new(null, null, null, null, null, null, null, null);

    /// <summary>Whether it says in either way that it can be reset by itself.</summary>
    public bool? HasFunctionLevelReset => HasExpressReset == true || HasAdvancedReset == true ? true : HasExpressReset is null || HasAdvancedReset is null ? null : false;

    public static ConfigFacts Of(PciFunction function)
    {
        if (function.ConfigImage is not { Length: >= CommandOffset + 2 } image || (image.IsGone && !function.IsVirtualFunction))
        {
            return _nothing;
        }

        return new ConfigFacts(
            Known(image.Find(out PciMsi msi), msi.VectorCount),
            Known(image.Find(out PciMsix msix), msix.TableSize),
            image.TryGetHeader(out PciHeader header) ? header.InterruptPin is > 0 and < byte.MaxValue && !function.IsVirtualFunction : null,
            (image.Bytes[CommandOffset + 1] & (InterruptDisable >> 8)) != 0 ? true : null,
            Known(image.Find(out PciExpress express), true),
            Known(image.Find(out express), express.HasFunctionLevelReset),
            Known(image.Find(out PciAdvancedFeatures features), features is { HasFunctionLevelReset: true, HasTransactionPending: true }),
            Known(image.Find(out PciPowerManagement power), !power.NoSoftReset));
    }

    private static int? Known(PciPresence presence, int count) => presence switch
    {
        PciPresence.Present => count,
        PciPresence.Absent => 0,
        _ => null,
    };

    private static bool? Known(PciPresence presence, bool does) => presence switch
    {
        PciPresence.Present => does,
        PciPresence.Absent => false,
        _ => null,
    };
}
