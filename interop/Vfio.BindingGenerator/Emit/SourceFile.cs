namespace Vfio.BindingGenerator.Emit;

/// <summary>A generated file: its path under the project's folder, with slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public const string Suffix = ".g.cs";
}
