namespace Vfio.Assignability;

/// <summary>Where a finding comes from, the surest first.</summary>
public enum Confidence
{
    /// <summary>The kernel answered a call about this very device.</summary>
    Proven,

    /// <summary>The kernel says so in a file.</summary>
    Stated,

    /// <summary>A rule of the kernel's, applied to what it says.</summary>
    Derived,

    /// <summary>Experience with devices of this kind, or a likely cause among several.</summary>
    Heuristic,
}
