namespace Vfio.Assignability;

/// <summary>How a device is reset between its users.</summary>
public enum ResetClass
{
    /// <summary>The function alone.</summary>
    R0,

    /// <summary>By its bus, on which it is alone.</summary>
    R1,

    /// <summary>By its bus, together with others that are all on VFIO: one user must own all of them.</summary>
    R2,

    /// <summary>Not at present: the others on its bus are not all on VFIO.</summary>
    R3,

    /// <summary>Not at all.</summary>
    R4,
}
