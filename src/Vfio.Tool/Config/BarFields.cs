using Vfio.Core;

namespace Vfio.Tool.Config;

/// <summary>Describes BARs.</summary>
internal static class BarFields
{
    /// <summary>Those that have something in them; the upper half of an address is part of the BAR before.</summary>
    public static IEnumerable<FieldSet> Of(PciBarSet bars)
        => Enumerable.Range(0, bars.Count)
            .Where(index => bars[index].Kind is not (PciBarKind.Empty or PciBarKind.UpperHalf))
            .Select(index => Of(index, bars[index]));

    private static FieldSet Of(int index, PciBar bar)
    {
        FieldSet fields = new FieldSet().Number("bar", index).Choice("kind", bar.Kind).Address("address", bar.Address);
        return bar.IsMemory ? fields.Flag("prefetchable", bar.IsPrefetchable) : fields;
    }
}
