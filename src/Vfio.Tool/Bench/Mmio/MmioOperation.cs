namespace Vfio.Tool.Bench.Mmio;

/// <summary>Something to measure on a device.</summary>
/// <param name="Access">The way: <c>mapped</c>, <c>call</c>, <c>copy</c> or <c>config</c>.</param>
/// <param name="Name">What is done: <c>read32</c>.</param>
/// <param name="Bytes">How many bytes it moves.</param>
/// <param name="Run">Does it a number of times; null where it is skipped.</param>
/// <param name="Skipped">Why it is not measured, or null.</param>
internal sealed record MmioOperation(string Access, string Name, int Bytes, Action<int>? Run, string? Skipped = null);
