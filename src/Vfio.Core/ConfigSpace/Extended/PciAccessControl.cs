namespace Vfio.Core;

/// <summary>What access control services keep apart (PCI Express Base Specification, 6.12).</summary>
[Flags]
public enum PciAccessControl
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A port stops requests with the id of somebody else.</summary>
    SourceValidation = 0x1,

    /// <summary>A port stops requests with addresses that say that they are translated.</summary>
    TranslationBlocking = 0x2,

    /// <summary>Requests from one peer to another go by the root complex.</summary>
    RequestRedirect = 0x4,

    /// <summary>Answers from one peer to another go by the root complex.</summary>
    CompletionRedirect = 0x8,

    /// <summary>A port sends what comes back to it on to the root complex.</summary>
    UpstreamForwarding = 0x10,

    /// <summary>A table says which peers may be reached.</summary>
    EgressControl = 0x20,

    /// <summary>Translated requests go to peers directly.</summary>
    DirectTranslated = 0x40,
}
