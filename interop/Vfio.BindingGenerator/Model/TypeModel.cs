namespace Vfio.BindingGenerator.Model;

/// <summary>A type as C spells it, as C# does, and its size in bytes.</summary>
internal sealed record TypeModel(string Native, string Managed, int Size);
