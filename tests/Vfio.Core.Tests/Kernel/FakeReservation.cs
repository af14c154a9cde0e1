namespace Vfio.Core.Tests;

/// <summary>IOVAs that cannot be mapped, and who says so: a device or a page table.</summary>
internal readonly record struct FakeReservation(ulong First, ulong Last, object Owner);
