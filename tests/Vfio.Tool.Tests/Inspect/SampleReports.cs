using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Tests.Inspect;

/// <summary>Reports as they could be, without a host that they are of.</summary>
internal static class SampleReports
{
    private static readonly InterruptLimits _interrupts = new(MsiX: 33, Msi: 0, Intx: true, Isolated: true);
    private static readonly DmaLimits _dma = new(
        "dmar0", AddressBits: 48, ["0x00000000fee00000 0x00000000feefffff msi"], MappingLimit: 65535, LockedMemory: 8 << 20);

    private static readonly SriovLimits _noSriov = new("none", Limit: 0, [], PhysicalFunction: null);
    private static readonly PowerLimits _power = new("D0", "active", "auto", D3cold: true);

    /// <summary>An NVMe drive that is bound: nothing to say.</summary>
    public static AssignabilityReport Yes { get; } = new(
        Nvme,
        Verdict.Yes,
        new GroupReport("17", [new GroupMember(Nvme, "vfio-pci", MemberRole.Endpoint, Blocks: false)]),
        new ResetReport(ResetClass.R0, ["flr", "bus"], "flr", [Nvme], []),
        new ReportLimits(Display: null, _interrupts, _dma, _noSriov, _power),
        Findings: [],
        Actions: [],
        Unknown: []);

    /// <summary>A graphics card with its sound, both with the host's drivers.</summary>
    public static AssignabilityReport After { get; } = new(
        Gpu,
        Verdict.After,
        new GroupReport(
            "14",
            [
                new GroupMember(Port, "pcieport", MemberRole.Bridge, Blocks: false),
                new GroupMember(Gpu, "amdgpu", MemberRole.Endpoint, Blocks: true),
                new GroupMember(Sound, "snd_hda_intel", MemberRole.Endpoint, Blocks: true),
            ]),
        new ResetReport(ResetClass.R3, ["bus"], Effective: null, [Gpu, Sound], [Sound]),
        new ReportLimits(
            new DisplayLimits("vga", IsBootDisplay: false, "the card's own connectors"),
            _interrupts,
            _dma,
            _noSriov,
            _power),
        [
            new Finding(
                FindingCode.GroupNotViable,
                Severity.Blocker,
                Confidence.Derived,
                "0000:03:00.1 of the same IOMMU group has the driver snd_hda_intel, which does DMA for the host.",
                "The kernel gives the group to nobody else.",
                [new Evidence("/sys/bus/pci/devices/0000:03:00.1/driver", "../../../../bus/pci/drivers/snd_hda_intel")],
                new Remedy("Bind it to vfio-pci too.", ["vfio bind 0000:03:00.0 0000:03:00.1"], Reversible: true, Reboot: false),
                [Sound],
                "C3"),
            new Finding(
                FindingCode.ResetMethodStale,
                Severity.Warning,
                Confidence.Derived,
                "The kernel lists a reset of the bus, but 0000:03:00.1 is on the same bus.",
                "Writing to reset fails.",
                [new Evidence("/sys/bus/pci/devices/0000:03:00.0/reset_method", "bus")],
                new Remedy("Let the kernel look again.", ["echo default > /sys/bus/pci/devices/0000:03:00.0/reset_method"], Reversible: true, Reboot: false),
                [Gpu],
                "C12"),
            new Finding(
                FindingCode.DisplayOutputLocal,
                Severity.Info,
                Confidence.Stated,
                "Pictures come out of the card's own connectors only.",
                Consequence: null,
                [new Evidence("/sys/bus/pci/devices/0000:03:00.0/class", "0x030000")],
                Remedy: null,
                [Gpu],
                "C7"),
        ],
        [
            new HandoverAction(
                "Bind 0000:03:00.0 and 0000:03:00.1 to vfio-pci.",
                "vfio bind 0000:03:00.0 0000:03:00.1",
                [Gpu, Sound],
                Reversible: true,
                Reboot: false),
        ],
        Unknown: []);

    /// <summary>No IOMMU, because an option switches it off.</summary>
    public static AssignabilityReport Reboot { get; } = Yes with
    {
        Verdict = Verdict.Reboot,
        Group = null,
        Limits = Yes.Limits with { Dma = new DmaLimits(null, null, [], 65535, -1) },
        Findings =
        [
            new Finding(
                FindingCode.NoIommuGroup,
                Severity.Blocker,
                Confidence.Derived,
                "No IOMMU translates for the device: the kernel's command line switches it off.",
                "VFIO takes no device without an IOMMU.",
                [
                    new Evidence("/sys/bus/pci/devices/0000:01:00.0/iommu_group", null),
                    new Evidence("/proc/cmdline", "BOOT_IMAGE=/boot/vmlinuz-7.3.4 root=UUID=0b0b0b0b-0000-0000-0000-000000000000 ro quiet intel_iommu=off"),
                ],
                new Remedy("Remove intel_iommu=off from the kernel's command line.", [], Reversible: true, Reboot: true),
                [Nvme],
                "C15"),
        ],
        Actions =
        [
            new HandoverAction("Remove intel_iommu=off from the kernel's command line, and reboot.", null, [], Reversible: true, Reboot: true),
            new HandoverAction("Bind 0000:01:00.0 to vfio-pci.", "vfio bind 0000:01:00.0", [Nvme], Reversible: true, Reboot: false),
        ],
    };

    /// <summary>No remapping of interrupts.</summary>
    public static AssignabilityReport Unsafe { get; } = Yes with
    {
        Verdict = Verdict.Unsafe,
        Limits = Yes.Limits with { Interrupts = _interrupts with { Isolated = false } },
        Findings =
        [
            new Finding(
                FindingCode.UnsafeInterrupts,
                Severity.Blocker,
                Confidence.Derived,
                "The device's message signalled interrupts are not isolated.",
                "Whoever has the device can raise any interrupt of the host.",
                [new Evidence("/sys/kernel/irq/24/chip_name", "PCI-MSIX-0000:01:00.0")],
                Remedy: null,
                [Nvme],
                Claim: null),
        ],
        Actions =
        [
            new HandoverAction(
                "Allow interrupts that are not isolated.",
                "echo Y > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts",
                [],
                Reversible: true,
                Reboot: false),
        ],
    };

    /// <summary>The disk with the root file system.</summary>
    public static AssignabilityReport No { get; } = Yes with
    {
        Verdict = Verdict.No,
        Findings =
        [
            new Finding(
                FindingCode.HostUseCritical,
                Severity.Blocker,
                Confidence.Stated,
                "The host needs 0000:01:00.0: / is mounted from /dev/nvme0n1p2.",
                "It cannot do without the device.",
                [new Evidence("/proc/self/mountinfo", "22 1 259:2 / / rw,relatime - ext4 /dev/nvme0n1p2 rw")],
                Remedy: null,
                [Nvme],
                "C1"),
        ],
    };

    /// <summary>Facts are missing.</summary>
    public static AssignabilityReport Unknown { get; } = Yes with
    {
        Verdict = Verdict.Unknown,
        Limits = new ReportLimits(
            Display: null,
            new InterruptLimits(null, null, null, null),
            new DmaLimits("dmar0", null, [], null, null),
            new SriovLimits("vf", null, [], Nvme),
            new PowerLimits(null, null, null, null)),
        Unknown = [new UnknownFact("the members of the group", "/sys/kernel/iommu_groups/17/devices", "EACCES (permission denied)", Turns: Verdict.After)],
    };

    /// <summary>One report for each verdict.</summary>
    public static IReadOnlyList<AssignabilityReport> All { get; } = [Yes, After, Reboot, Unsafe, No, Unknown];

    // Above the reports in time, though not in the text: an initializer would come too late.
    private static PciAddress Nvme => new(0, 1, 0, 0);

    private static PciAddress Port => new(0, 0, 1, 0);

    private static PciAddress Gpu => new(0, 3, 0, 0);

    private static PciAddress Sound => new(0, 3, 0, 1);

    /// <summary>The report with this verdict.</summary>
    public static AssignabilityReport Of(Verdict verdict) => All.Single(report => report.Verdict == verdict);
}
