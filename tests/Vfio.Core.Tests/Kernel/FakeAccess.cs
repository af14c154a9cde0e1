namespace Vfio.Core.Tests;

/// <summary>A mediated device that is bound to an iommufd: its driver reads the mappings in place of an IOMMU.</summary>
internal sealed class FakeAccess(FakeIommufd owner, uint id) : FakeIommuObject(owner, id)
{
    public FakeIoas? Ioas { get; private set; }

    /// <summary>Moves it to another space, or to none.</summary>
    public int Change(FakeIoas? next)
    {
        if (next == Ioas)
        {
            return 0;
        }

        if (next is not null)
        {
            next.Accesses.Add(this);
            int refused = next.Align();
            if (refused != 0)
            {
                next.Accesses.Remove(this);
                return refused;
            }

            next.Users++;
        }

        if (Ioas is { } last)
        {
            last.Accesses.Remove(this);
            _ = last.Align();
            last.Users--;
        }

        Ioas = next;
        return 0;
    }

    public override void Release() => _ = Change(null);
}
