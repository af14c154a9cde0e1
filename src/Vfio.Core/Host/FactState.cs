namespace Vfio.Core;

/// <summary>What is known of something that a host could say about itself.</summary>
public enum FactState
{
    /// <summary>The host says nothing of it: the file or link is not there.</summary>
    Absent,

    /// <summary>It was read and understood.</summary>
    Known,

    /// <summary>The host may have it, but it could not be read, or what was read makes no sense.</summary>
    Unknown,
}
