namespace Vfio.Assignability;

/// <summary>What a member of a group is to the host.</summary>
public enum MemberRole
{
    /// <summary>A device.</summary>
    Endpoint,

    /// <summary>A bridge or a port (header type 1): it cannot be given away, and need not be.</summary>
    Bridge,

    /// <summary>A part of the chipset on a root bus: host bridge, ISA bridge, SMBus, system function.</summary>
    Chipset,
}
