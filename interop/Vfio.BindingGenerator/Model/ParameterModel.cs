namespace Vfio.BindingGenerator.Model;

/// <summary>A parameter of a C function.</summary>
internal sealed record ParameterModel(string Name, TypeModel Type);
