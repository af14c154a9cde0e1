using System.Globalization;
using Vfio.Assignability;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Inspect.Text;

/// <summary>A device's interrupts, DMA, SR-IOV and power in one line each; null where nothing is known.</summary>
internal static class LimitsText
{
    public static string? Interrupts(InterruptLimits limits)
    {
        string?[] kinds = [Vectors(limits.MsiX, "MSI-X"), Vectors(limits.Msi, "MSI"), limits.Intx == true ? "INTx" : null];
        string known = string.Join(", ", kinds.OfType<string>());
        string? isolation = limits.Isolated switch
        {
            true => "messages are isolated",
            false => "messages are not isolated",
            _ => null,
        };
        return Sentence(known.Length > 0 ? known : "none", isolation);
    }

    public static string? Dma(DmaLimits limits) => Sentence(
        limits.Iommu is { } unit
            ? string.Create(CultureInfo.InvariantCulture, $"through {unit}{(limits.AddressBits is { } bits ? $" with {bits}-bit addresses" : string.Empty)}")
            : "no IOMMU translates",
        limits.LockedMemory switch
        {
            null => null,
            < 0 => "any amount may be locked",
            { } bytes => $"{ByteSize.Format(bytes)} may be locked",
        },
        limits.MappingLimit is { } mappings ? string.Create(CultureInfo.InvariantCulture, $"{mappings} mappings with type1") : null);

    public static string? Sriov(SriovLimits limits)
    {
        if (limits.PhysicalFunction is { } physical)
        {
            return $"a virtual function of {physical}.";
        }

        return limits.Limit is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{limits.VirtualFunctions.Count} of {limits.Limit} virtual functions.") : null;
    }

    public static string? Power(PowerLimits limits) => Sentence(
        limits.State,
        limits.RuntimeStatus,
        limits.Control switch
        {
            "auto" => "may sleep when idle",
            "on" => "kept awake",
            _ => null,
        });

    private static string? Vectors(int? count, string kind) => count switch
    {
        null => $"{kind} unknown",
        0 => null,
        { } known => string.Create(CultureInfo.InvariantCulture, $"{known} {kind}"),
    };

    private static string? Sentence(params string?[] parts)
        => string.Join("; ", parts.OfType<string>()) is { Length: > 0 } text ? $"{text}." : null;
}
