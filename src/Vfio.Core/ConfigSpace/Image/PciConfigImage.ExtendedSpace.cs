using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <content>Whether there is more than the first 256 bytes.</content>
public sealed partial class PciConfigImage
{
    private const uint HostBridge = 0x0600;

    /// <summary>Whether the function has configuration space behind the first 256 bytes.</summary>
    /// <remarks>
    /// Where none of it was read: not on a conventional function, which has no capability of PCI Express nor of the second mode of PCI-X.
    /// A function that has one cannot be told from one whose extended space the machine does not reach, and host bridges have it without.
    /// </remarks>
    public PciPresence ExtendedSpace
    {
        get
        {
            if (IsGone)
            {
                return PciPresence.Unknown;
            }

            if (Length > PCI_CFG_SPACE_SIZE)
            {
                return PciPresence.Present;
            }

            return !Capabilities.End.IsComplete || IsHostBridge || HasExpress || HasSecondModeOfPciX ? PciPresence.Unknown : PciPresence.Absent;
        }
    }

    private bool IsHostBridge => Bytes.U16(PCI_CLASS_DEVICE) == HostBridge;

    private bool HasExpress => OffsetOf(PCI_CAP_ID_EXP, out _) == PciPresence.Present;

    private bool HasSecondModeOfPciX
        => OffsetOf(PCI_CAP_ID_PCIX, out int offset) == PciPresence.Present
            && BytesAt(offset) is { Length: >= PCI_X_STATUS + sizeof(uint) } bytes
            && (bytes.U32(PCI_X_STATUS) & (PCI_X_STATUS_266MHZ | PCI_X_STATUS_533MHZ)) != 0;
}
