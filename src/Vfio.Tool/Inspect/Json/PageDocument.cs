namespace Vfio.Tool.Inspect.Json;

/// <summary>What <c>vfio inspect --explain CODE --json</c> prints.</summary>
/// <param name="Code">The code, as it is spelled.</param>
/// <param name="Page">The page on it.</param>
internal sealed record PageDocument(string Code, string Page);
