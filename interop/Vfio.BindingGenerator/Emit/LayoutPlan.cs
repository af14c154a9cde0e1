using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Emit;

/// <summary>Which <c>[StructLayout]</c>, if any, makes C# lay a record out as C does.</summary>
internal sealed record LayoutPlan(string? Attribute, bool NeedsOffsets, int Align)
{
    public static LayoutPlan For(RecordModel record, Func<FieldModel, int> alignOf)
    {
        FieldModel[] fields = [.. record.Fields.Where(field => !field.IsFlexible)];
        int natural = fields.Select(alignOf).DefaultIfEmpty(1).Max();
        if (record.IsUnion)
        {
            return Explicit(record, fields, natural);
        }

        // Natural alignment first; what C packs says itself how tightly.
        foreach (int pack in (ReadOnlySpan<int>)[8, record.Align])
        {
            if (Fits(fields, alignOf, pack, out int end))
            {
                int align = Math.Min(natural, pack);
                string? size = RoundUp(end, align) == record.Size ? null : $"Size = {record.Size}";
                string? packing = pack == 8 ? null : $"Pack = {pack}";
                string[] arguments = [.. new[] { packing, size }.OfType<string>()];
                return new(
                    arguments.Length == 0 ? null : $"[StructLayout(LayoutKind.Sequential, {string.Join(", ", arguments)})]",
                    NeedsOffsets: false,
                    align);
            }
        }

        return Explicit(record, fields, natural);
    }

    private static LayoutPlan Explicit(RecordModel record, FieldModel[] fields, int align)
    {
        int end = fields.Select(field => field.Offset + field.Size).DefaultIfEmpty(0).Max();
        string size = RoundUp(end, align) == record.Size ? "" : $", Size = {record.Size}";
        return new($"[StructLayout(LayoutKind.Explicit{size})]", NeedsOffsets: true, align);
    }

    private static bool Fits(FieldModel[] fields, Func<FieldModel, int> alignOf, int pack, out int end)
    {
        end = 0;
        foreach (FieldModel field in fields)
        {
            if (RoundUp(end, Math.Min(pack, alignOf(field))) != field.Offset)
            {
                return false;
            }

            end = field.Offset + field.Size;
        }

        return true;
    }

    private static int RoundUp(int value, int align) => (value + align - 1) / align * align;
}
