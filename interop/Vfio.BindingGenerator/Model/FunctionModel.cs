namespace Vfio.BindingGenerator.Model;

/// <summary>A C function. <paramref name="Tail" /> is the C# text of the parameters that replace an ellipsis.</summary>
internal sealed record FunctionModel(
    string Name,
    TypeModel Returns,
    IReadOnlyList<ParameterModel> Parameters,
    string? Tail);
