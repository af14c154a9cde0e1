namespace Vfio.BindingGenerator.Frontend;

/// <summary>A <c>#define</c> and where it stands.</summary>
internal sealed record Macro(string Name, string Body, bool IsFunctionLike, string File, int Line);
