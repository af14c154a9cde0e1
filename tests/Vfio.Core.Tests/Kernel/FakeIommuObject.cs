namespace Vfio.Core.Tests;

/// <summary>An entry in the object table of a fake iommufd.</summary>
internal abstract class FakeIommuObject(FakeIommufd owner, uint id)
{
    public FakeIommufd Owner { get; } = owner;

    public uint Id { get; } = id;

    /// <summary>What refers to it, which keeps it from being destroyed.</summary>
    public int Users { get; set; }

    /// <summary>Whether it was made through a descriptor of a stranger, who sees to its end.</summary>
    public bool Foreign { get; set; }

    /// <summary>Whether the kernel made it and takes it away.</summary>
    public bool Automatic { get; set; }

    /// <summary>Gives back what it refers to.</summary>
    public abstract void Release();
}
