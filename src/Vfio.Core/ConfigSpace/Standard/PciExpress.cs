using static Vfio.Native.PciRegs;

namespace Vfio.Core;

/// <summary>PCI Express (PCI Express Base Specification, 7.5.3).</summary>
/// <param name="Flags">The capabilities register.</param>
/// <param name="DeviceCapabilities">The device capabilities register.</param>
/// <param name="DeviceControl">The device control register.</param>
/// <param name="DeviceStatus">The device status register.</param>
/// <param name="LinkCapabilities">The link capabilities register; zero without a link.</param>
/// <param name="LinkControl">The link control register; zero without a link.</param>
/// <param name="LinkStatus">The link status register; zero without a link.</param>
/// <param name="DeviceCapabilities2">The device capabilities 2 register; zero in the first version of the layout.</param>
/// <param name="DeviceControl2">The device control 2 register; zero in the first version of the layout.</param>
public readonly record struct PciExpress(
    ushort Flags,
    uint DeviceCapabilities,
    ushort DeviceControl,
    ushort DeviceStatus,
    uint LinkCapabilities,
    ushort LinkControl,
    ushort LinkStatus,
    uint DeviceCapabilities2,
    ushort DeviceControl2) : IPciCapability<PciExpress>
{
    private const int SmallestPayload = 128;

    /// <inheritdoc/>
    public static ushort Id => PCI_CAP_ID_EXP;

    /// <inheritdoc/>
    public static bool IsExtended => false;

    /// <inheritdoc/>
    public static int MaxLength => PCI_CAP_EXP_ENDPOINT_SIZEOF_V2;

    /// <summary>The version of the layout: 1, or 2 with the second set of registers.</summary>
    public int Version => Flags.Field(PCI_EXP_FLAGS_VERS);

    /// <summary>What the function is. Other numbers than those of the type are not defined.</summary>
    public PciExpressType Type => (PciExpressType)Flags.Field(PCI_EXP_FLAGS_TYPE);

    /// <summary>Whether there is a slot behind the port.</summary>
    public bool HasSlot => (Flags & PCI_EXP_FLAGS_SLOT) != 0;

    /// <summary>Whether there is a link, which functions in the root complex do without.</summary>
    public bool HasLink => Type is not (PciExpressType.IntegratedEndpoint or PciExpressType.EventCollector);

    /// <summary>The vector of the events of a port and of its slot.</summary>
    public int InterruptMessage => Flags.Field(PCI_EXP_FLAGS_IRQ);

    /// <summary>The longest payload that the function takes, in bytes.</summary>
    public int MaxPayloadSupported => SmallestPayload << DeviceCapabilities.Field(PCI_EXP_DEVCAP_PAYLOAD);

    /// <summary>Whether the function can be reset by itself (FLR).</summary>
    public bool HasFunctionLevelReset => (DeviceCapabilities & PCI_EXP_DEVCAP_FLR) != 0;

    /// <summary>The longest payload that the function sends and takes, in bytes, as the system has set it.</summary>
    public int MaxPayload => SmallestPayload << DeviceControl.Field(PCI_EXP_DEVCTL_PAYLOAD);

    /// <summary>The longest read that the function starts, in bytes, as the system has set it.</summary>
    public int MaxReadRequest => SmallestPayload << DeviceControl.Field(PCI_EXP_DEVCTL_READRQ);

    /// <summary>Whether the function may mark transfers as free of order.</summary>
    public bool IsRelaxedOrderingEnabled => (DeviceControl & PCI_EXP_DEVCTL_RELAX_EN) != 0;

    /// <summary>Whether the function may mark transfers as free of snooping.</summary>
    public bool IsNoSnoopEnabled => (DeviceControl & PCI_EXP_DEVCTL_NOSNOOP_EN) != 0;

    /// <summary>Whether the function may use tags of 8 bits.</summary>
    public bool IsExtendedTagEnabled => (DeviceControl & PCI_EXP_DEVCTL_EXT_TAG) != 0;

    /// <summary>The errors that it has seen.</summary>
    public PciExpressErrors Errors
        => (PciExpressErrors)(DeviceStatus & (PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED | PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD));

    /// <summary>Whether something that it started has not ended.</summary>
    public bool IsTransactionPending => (DeviceStatus & PCI_EXP_DEVSTA_TRPND) != 0;

    /// <summary>The highest speed of the link.</summary>
    public PciLinkSpeed MaxLinkSpeed => Speed(LinkCapabilities.Field(PCI_EXP_LNKCAP_SLS));

    /// <summary>The number of lanes that the link can have; zero without a link.</summary>
    public int MaxLinkWidth => LinkCapabilities.Field(PCI_EXP_LNKCAP_MLW);

    /// <summary>The number of the port.</summary>
    public int PortNumber => LinkCapabilities.Field(PCI_EXP_LNKCAP_PN);

    /// <summary>The speed of the link. Virtual functions leave it to their physical function.</summary>
    public PciLinkSpeed LinkSpeed => Speed(LinkStatus.Field(PCI_EXP_LNKSTA_CLS));

    /// <summary>The number of lanes of the link. Virtual functions leave it to their physical function.</summary>
    public int LinkWidth => LinkStatus.Field(PCI_EXP_LNKSTA_NLW);

    /// <summary>Whether the link is up, which ports say.</summary>
    public bool IsLinkActive => (LinkStatus & PCI_EXP_LNKSTA_DLLLA) != 0;

    /// <summary>Whether the layout has the second set of registers, without which nothing is known of atomics and of LTR.</summary>
    public bool HasSecondRegisters => Version > 1;

    /// <summary>The atomic operations that the function executes, or the port passes on.</summary>
    public PciAtomics Atomics => (PciAtomics)DeviceCapabilities2.Field(
        PCI_EXP_DEVCAP2_ATOMIC_ROUTE | PCI_EXP_DEVCAP2_ATOMIC_COMP32 | PCI_EXP_DEVCAP2_ATOMIC_COMP64 | PCI_EXP_DEVCAP2_ATOMIC_COMP128);

    /// <summary>Whether the function may start atomic operations.</summary>
    public bool IsAtomicRequesterEnabled => (DeviceControl2 & PCI_EXP_DEVCTL2_ATOMIC_REQ) != 0;

    /// <summary>Whether the port stops atomic operations.</summary>
    public bool IsAtomicEgressBlocked => (DeviceControl2 & PCI_EXP_DEVCTL2_ATOMIC_EGRESS_BLOCK) != 0;

    /// <summary>Whether a port can forward to more than 8 functions of a device.</summary>
    public bool SupportsAriForwarding => (DeviceCapabilities2 & PCI_EXP_DEVCAP2_ARI) != 0;

    /// <summary>Whether a port forwards to more than 8 functions of a device.</summary>
    public bool IsAriForwardingEnabled => (DeviceControl2 & PCI_EXP_DEVCTL2_ARI) != 0;

    /// <summary>Whether it can report how much latency it tolerates.</summary>
    public bool SupportsLatencyToleranceReporting => (DeviceCapabilities2 & PCI_EXP_DEVCAP2_LTR) != 0;

    /// <summary>Whether it reports how much latency it tolerates.</summary>
    public bool IsLatencyToleranceReportingEnabled => (DeviceControl2 & PCI_EXP_DEVCTL2_LTR_EN) != 0;

    /// <summary>Whether requests may carry a process address space id end to end, or another prefix.</summary>
    public bool SupportsEndToEndPrefixes => (DeviceCapabilities2 & PCI_EXP_DEVCAP2_EE_PREFIX) != 0;

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PciExpress capability)
    {
        capability = default;
        if (!bytes.IsCapability(PCI_CAP_ID_EXP, PCI_CAP_SIZEOF))
        {
            return false;
        }

        var head = new PciExpress { Flags = bytes.U16(PCI_EXP_FLAGS) };
        if (bytes.Length < Length(head))
        {
            return false;
        }

        capability = head with
        {
            DeviceCapabilities = bytes.U32(PCI_EXP_DEVCAP),
            DeviceControl = bytes.U16(PCI_EXP_DEVCTL),
            DeviceStatus = bytes.U16(PCI_EXP_DEVSTA),
            LinkCapabilities = head.HasLink ? bytes.U32(PCI_EXP_LNKCAP) : 0,
            LinkControl = head.HasLink ? bytes.U16(PCI_EXP_LNKCTL) : (ushort)0,
            LinkStatus = head.HasLink ? bytes.U16(PCI_EXP_LNKSTA) : (ushort)0,
            DeviceCapabilities2 = head.HasSecondRegisters ? bytes.U32(PCI_EXP_DEVCAP2) : 0,
            DeviceControl2 = head.HasSecondRegisters ? bytes.U16(PCI_EXP_DEVCTL2) : (ushort)0,
        };
        return true;
    }

    private static int Length(PciExpress head) => (head.HasSecondRegisters, head.HasLink) switch
    {
        (false, false) => PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V1,
        (false, true) => PCI_CAP_EXP_ENDPOINT_SIZEOF_V1,
        (true, false) => PCI_CAP_EXP_RC_ENDPOINT_SIZEOF_V2,
        (true, true) => PCI_CAP_EXP_ENDPOINT_SIZEOF_V2,
    };

    private static PciLinkSpeed Speed(int code) => code is >= (int)PciLinkSpeed.Gen1 and <= (int)PciLinkSpeed.Gen6 ? (PciLinkSpeed)code : PciLinkSpeed.Unknown;
}
