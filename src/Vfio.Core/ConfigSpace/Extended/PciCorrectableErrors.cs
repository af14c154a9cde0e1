namespace Vfio.Core;

/// <summary>Errors that were corrected (PCI Express Base Specification, 7.8.4.5).</summary>
[Flags]
public enum PciCorrectableErrors
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An error of the receiver.</summary>
    Receiver = 0x1,

    /// <summary>A packet that was sent again.</summary>
    BadTlp = 0x40,

    /// <summary>A packet of the link that was dropped.</summary>
    BadDllp = 0x80,

    /// <summary>A packet that was sent again too often.</summary>
    ReplayRollover = 0x100,

    /// <summary>An acknowledgement that did not come.</summary>
    ReplayTimeout = 0x1000,

    /// <summary>One that cannot be corrected, and does not matter here.</summary>
    AdvisoryNonFatal = 0x2000,

    /// <summary>An error inside.</summary>
    Internal = 0x4000,

    /// <summary>More errors than there is a log for.</summary>
    HeaderLogOverflow = 0x8000,
}
