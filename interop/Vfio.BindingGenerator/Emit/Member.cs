using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Emit;

/// <summary>A field with the names that ClangSharp would give it and the types that exist only for it.</summary>
internal sealed record Member(FieldModel Field, string Identifier, string? NestedType)
{
    public string ElementType => NestedType ?? Field.Type.Managed;

    public string TypeName => Field.Count is > 0 ? $"_{Identifier}_e__FixedBuffer" : ElementType;

    /// <summary>Whether the type is nested in the struct that has the field.</summary>
    public bool IsOwnType => NestedType is not null || Field.Count is > 0;

    public static Member[] Name(RecordModel record)
    {
        int anonymous = 0;
        int total = record.Fields.Count(field => field.Name.Length == 0);
        return [.. record.Fields.Select(field =>
        {
            string name = field.Name.Length > 0 ? field.Name : total == 1 ? "Anonymous" : $"Anonymous{++anonymous}";
            string? nested = field.Nested is null ? null : $"_{name}_e__{(field.Nested.IsUnion ? "Union" : "Struct")}";
            return new Member(field, name, nested);
        })];
    }
}
