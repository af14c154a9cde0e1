using System.Diagnostics.CodeAnalysis;

namespace Vfio.Nvme;

/// <summary>Optional admin commands (OACS; NVM Express 1.4, figure 247).</summary>
[Flags]
[SuppressMessage("Design", "CA1028", Justification = "The field has 16 bits.")]
public enum AdminCommandSupport : ushort
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Security Send and Receive.</summary>
    Security = 1 << 0,

    /// <summary>Format NVM.</summary>
    Format = 1 << 1,

    /// <summary>Firmware Commit and Image Download.</summary>
    Firmware = 1 << 2,

    /// <summary>Namespace Management and Attachment.</summary>
    NamespaceManagement = 1 << 3,

    /// <summary>Device Self-test.</summary>
    SelfTest = 1 << 4,

    /// <summary>Directives.</summary>
    Directives = 1 << 5,

    /// <summary>NVMe-MI Send and Receive.</summary>
    ManagementInterface = 1 << 6,

    /// <summary>Virtualization Management.</summary>
    VirtualizationManagement = 1 << 7,

    /// <summary>Doorbell Buffer Config.</summary>
    DoorbellBufferConfig = 1 << 8,

    /// <summary>Get LBA Status.</summary>
    LbaStatus = 1 << 9,
}
