namespace Vfio.Core;

/// <summary>Memory that a call reads into: <c>struct iovec</c>.</summary>
/// <param name="Base">The first byte.</param>
/// <param name="Length">The length in bytes.</param>
internal readonly record struct IoVector(nint Base, nuint Length);
