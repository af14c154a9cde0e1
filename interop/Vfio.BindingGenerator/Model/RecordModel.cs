namespace Vfio.BindingGenerator.Model;

/// <summary>
/// A C struct or union; sizes and alignment in bytes. <paramref name="Name" /> is empty for an anonymous one.
/// </summary>
internal sealed record RecordModel(
    string Name,
    int Line,
    bool IsUnion,
    int Size,
    int Align,
    IReadOnlyList<FieldModel> Fields);
