namespace Vfio.Core;

/// <summary>Whether a function has something, as far as the bytes of its configuration space tell.</summary>
public enum PciPresence
{
    /// <summary>The bytes do not tell: they end before it, as the 64 do that the kernel shows to ordinary users.</summary>
    Unknown,

    /// <summary>It is not there.</summary>
    Absent,

    /// <summary>It is there.</summary>
    Present,

    /// <summary>The bytes contradict themselves: the chain is broken before it, or it does not fit where it is.</summary>
    Malformed,
}
