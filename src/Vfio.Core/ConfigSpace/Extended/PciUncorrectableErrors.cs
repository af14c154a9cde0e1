namespace Vfio.Core;

/// <summary>Errors that cannot be corrected (PCI Express Base Specification, 7.8.4.2).</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "The register has all 32 bits.")]
[Flags]
public enum PciUncorrectableErrors : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A violation of the data link protocol.</summary>
    DataLinkProtocol = 0x10,

    /// <summary>The link went down unexpectedly.</summary>
    SurpriseDown = 0x20,

    /// <summary>A packet that is marked as damaged.</summary>
    PoisonedTlp = 0x1000,

    /// <summary>A violation of flow control.</summary>
    FlowControl = 0x2000,

    /// <summary>An answer that did not come.</summary>
    CompletionTimeout = 0x4000,

    /// <summary>A request that was refused.</summary>
    CompleterAbort = 0x8000,

    /// <summary>An answer that nobody asked for.</summary>
    UnexpectedCompletion = 0x10000,

    /// <summary>More than the receiver had room for.</summary>
    ReceiverOverflow = 0x20000,

    /// <summary>A packet that makes no sense.</summary>
    MalformedTlp = 0x40000,

    /// <summary>A checksum that does not fit.</summary>
    Ecrc = 0x80000,

    /// <summary>A request that nothing supports.</summary>
    UnsupportedRequest = 0x100000,

    /// <summary>A request that access control stopped.</summary>
    AcsViolation = 0x200000,

    /// <summary>An error inside.</summary>
    Internal = 0x400000,

    /// <summary>A multicast packet that was stopped.</summary>
    MulticastBlocked = 0x800000,

    /// <summary>An atomic operation that was stopped.</summary>
    AtomicEgressBlocked = 0x1000000,

    /// <summary>A prefix that was stopped.</summary>
    TlpPrefixBlocked = 0x2000000,

    /// <summary>A damaged packet that was stopped.</summary>
    PoisonedTlpEgressBlocked = 0x4000000,

    /// <summary>A deferrable memory write that was stopped.</summary>
    DeferrableWriteBlocked = 0x8000000,

    /// <summary>An encrypted packet that does not check.</summary>
    IdeCheckFailed = 0x10000000,

    /// <summary>An encrypted packet that came to the wrong place.</summary>
    MisroutedIde = 0x20000000,

    /// <summary>A plaintext checksum that does not fit.</summary>
    PcrcCheckFailed = 0x40000000,

    /// <summary>A translated request that was stopped.</summary>
    TranslationBlocked = 0x80000000,
}
