namespace Vfio.Core;

/// <summary>The status register of a PCI function, and the secondary status of a bridge (PCI Local Bus Specification, 6.2.3).</summary>
[Flags]
public enum PciStatus
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It can be used at once after a reset.</summary>
    ImmediateReadiness = 0x1,

    /// <summary>It asks for an interrupt on its line.</summary>
    Interrupt = 0x8,

    /// <summary>It has a list of capabilities.</summary>
    CapabilityList = 0x10,

    /// <summary>It can run at 66 MHz.</summary>
    Capable66MHz = 0x20,

    /// <summary>It takes fast back-to-back transactions.</summary>
    FastBackToBack = 0x80,

    /// <summary>A transfer that it started met a parity error.</summary>
    MasterParityError = 0x100,

    /// <summary>It ended a transfer by a target abort.</summary>
    SignaledTargetAbort = 0x800,

    /// <summary>A transfer that it started ended by a target abort.</summary>
    ReceivedTargetAbort = 0x1000,

    /// <summary>A transfer that it started ended by a master abort.</summary>
    ReceivedMasterAbort = 0x2000,

    /// <summary>It signalled a system error.</summary>
    SignaledSystemError = 0x4000,

    /// <summary>It saw a parity error.</summary>
    DetectedParityError = 0x8000,
}
