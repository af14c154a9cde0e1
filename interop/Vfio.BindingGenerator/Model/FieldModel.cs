namespace Vfio.BindingGenerator.Model;

/// <summary>
/// A member of a struct or union. For an array, <paramref name="Type" /> is the element's and <paramref name="Count" />
/// says how many: 0 for a flexible array member. <paramref name="Nested" /> is the definition of a type that has no name.
/// </summary>
internal sealed record FieldModel(string Name, TypeModel Type, int Offset, int? Count, RecordModel? Nested)
{
    public bool IsFlexible => Count == 0;

    public int Size => Type.Size * (Count ?? 1);
}
