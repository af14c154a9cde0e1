namespace Vfio.Core;

/// <summary>Errors that a function has seen since they were cleared (PCI Express Base Specification, 7.5.3.5).</summary>
[Flags]
public enum PciExpressErrors
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>One that was corrected.</summary>
    Correctable = 0x1,

    /// <summary>One that was not corrected, and leaves the link usable.</summary>
    NonFatal = 0x2,

    /// <summary>One that leaves the link unusable.</summary>
    Fatal = 0x4,

    /// <summary>A request that nothing supports.</summary>
    UnsupportedRequest = 0x8,
}
