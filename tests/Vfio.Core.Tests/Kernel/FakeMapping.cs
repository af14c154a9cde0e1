namespace Vfio.Core.Tests;

/// <summary>One type1 mapping in a fake container.</summary>
internal readonly record struct FakeMapping(ulong Iova, ulong Size, ulong Address, uint Flags)
{
    public ulong Last => Iova + (Size - 1);

    public bool Overlaps(ulong first, ulong last) => Iova <= last && first <= Last;
}
