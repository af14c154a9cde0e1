namespace Vfio.Core.Tests;

/// <summary>A part of pages that is to be mapped.</summary>
internal readonly record struct FakeSlice(FakePages Pages, ulong Offset, ulong Length);
