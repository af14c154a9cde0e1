namespace Vfio.BindingGenerator.Model;

/// <summary>A C enum that has a name.</summary>
internal sealed record EnumModel(string Name, int Line, string Type, IReadOnlyList<ConstantModel> Members);
