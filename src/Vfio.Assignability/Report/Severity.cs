namespace Vfio.Assignability;

/// <summary>What a finding means for the verdict.</summary>
public enum Severity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>It works, but not as one might expect.</summary>
    Warning,

    /// <summary>As long as it stands, the device cannot be given away, or not safely.</summary>
    Blocker,
}
