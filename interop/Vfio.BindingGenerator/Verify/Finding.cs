namespace Vfio.BindingGenerator.Verify;

/// <summary>A difference that verification found.</summary>
internal sealed record Finding(bool IsError, string Text);
