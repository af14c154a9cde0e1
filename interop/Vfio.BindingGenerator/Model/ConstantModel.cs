namespace Vfio.BindingGenerator.Model;

/// <summary>
/// A macro or an enumerator with an integer or string value. <paramref name="Definition" /> is how the macro's body is
/// spelled.
/// </summary>
internal sealed record ConstantModel(string Name, string Type, string Value, string? Definition);
