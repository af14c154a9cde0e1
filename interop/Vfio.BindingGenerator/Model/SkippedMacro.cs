namespace Vfio.BindingGenerator.Model;

/// <summary>A wanted macro that cannot be a C# constant, and why.</summary>
internal sealed record SkippedMacro(string Name, string Reason);
