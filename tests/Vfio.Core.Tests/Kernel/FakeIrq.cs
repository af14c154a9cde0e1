namespace Vfio.Core.Tests;

/// <summary>An interrupt index of a fake device.</summary>
internal sealed class FakeIrq(uint count, uint flags)
{
    public uint Count { get; } = count;

    public uint Flags { get; } = flags;

    /// <summary>How many vectors the host can give; enabling more answers with this number.</summary>
    public int Available { get; set; } = int.MaxValue;

    /// <summary>The events of the vectors that are set aside, null where one is not connected; or empty.</summary>
    public FakeOpenFile?[] Events { get; set; } = [];

    /// <summary>Events that unmask a vector when they are signalled.</summary>
    public Dictionary<uint, FakeOpenFile> Unmask { get; } = [];

    /// <summary>Whether a reset took what the device needs for it: it stays silent until it is enabled again.</summary>
    public bool IsLost { get; set; }

    public HashSet<uint> Masked { get; } = [];

    /// <summary>Vectors that were triggered while they were masked.</summary>
    public HashSet<uint> Pending { get; } = [];
}
