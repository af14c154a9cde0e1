using static Vfio.Native.PciRegs;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>A PCI function behind the fake kernel.</summary>
internal sealed class FakeDevice(string name, FakeGroup group)
{
    private const uint ReadWrite = (uint)(VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE);

    public string Name { get; } = name;

    public FakeGroup Group { get; } = group;

    public uint Flags { get; set; } = (uint)(VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET);

    /// <summary>By index; null where the kernel answers EINVAL.</summary>
    public FakeRegion?[] Regions { get; } = new FakeRegion?[(int)VFIO_PCI_VGA_REGION_INDEX + 1];

    /// <summary>By index; null where the kernel answers EINVAL.</summary>
    public FakeIrq?[] Irqs { get; } =
    [
        new FakeIrq(1, (uint)(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_MASKABLE | VFIO_IRQ_INFO_AUTOMASKED)),
        new FakeIrq(8, (uint)(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE)),
        new FakeIrq(16, (uint)VFIO_IRQ_INFO_EVENTFD),
        null,
        null,
    ];

    /// <summary>Whether its driver offers writes that an event makes.</summary>
    public bool HasWriteTriggers { get; set; } = true;

    /// <summary>Writes that an event makes.</summary>
    public List<FakeWriteTrigger> WriteTriggers { get; } = [];

    /// <summary>How often the function was reset, by itself or with its bus.</summary>
    public int Resets { get; private set; }

    /// <summary>What a reset of its bus hits, itself included; null where no bridge is above it.</summary>
    public List<FakeBusMember>? Bus { get; set; }

    /// <summary>Whether its interrupts are lost in a reset until they are enabled again.</summary>
    public bool ForgetsInterrupts { get; set; }

    /// <summary>The command register as a reset leaves it; null where the kernel puts it back.</summary>
    public ushort? CommandAfterReset { get; set; }

    /// <summary>Mappings of its regions that are in the process; they hold the device open in the kernel.</summary>
    public List<(nint Address, nuint Length)> Mapped { get; } = [];

    /// <summary>Open descriptors; the group's path gives more than one.</summary>
    public int OpenCount { get; set; }

    /// <summary>The name of the character device, such as <c>vfio0</c>, or null where it has none.</summary>
    public string? Cdev { get; set; }

    public bool NoIommu => Group.Kind == FakeGroupKind.NoIommu;

    /// <summary>Whether it is a mediated device, whose DMA a driver does.</summary>
    public bool Mediated => Group.Kind == FakeGroupKind.Emulated;

    /// <summary>The object of an iommufd that it is bound to, by any path.</summary>
    public FakeIommuObject? Bound { get; set; }

    /// <summary>Features by number that a test serves; the others answer ENOTTY.</summary>
    public Dictionary<uint, FakeFeature> Features { get; } = [];

    /// <summary>IOVAs that nothing can be mapped at while it is attached, beside those outside of the kernel's ranges.</summary>
    public List<(ulong First, ulong Last)> Reserved { get; } = [];

    /// <summary>The IOMMU that translates for it; page tables of another do not fit.</summary>
    public int IommuUnit { get; set; }

    /// <summary>Whether its IOMMU logs which pages it writes.</summary>
    public bool DirtyTracking { get; set; } = true;

    /// <summary>Whether its page requests can be reported.</summary>
    public bool PageRequests { get; set; } = true;

    /// <summary>Whether page tables of its own can be nested.</summary>
    public bool Nesting { get; set; }

    /// <summary>How many bits of a PASID it has, or zero for none.</summary>
    public byte PasidWidth { get; set; }

    /// <summary>The type and the bytes of GET_HW_INFO; by default those of an IOMMU that tells nothing.</summary>
    public uint HardwareType { get; set; }

    public byte[] HardwareData { get; set; } = [];

    /// <summary>The function that a virtual function belongs to, where that is VFIO's too.</summary>
    public FakeDevice? Physical { get; set; }

    public bool IsVirtual { get; set; }

    /// <summary>The token of a function that can have virtual ones, or null for one that cannot.</summary>
    public Guid? Token { get; set; }

    /// <summary>Virtual functions that are open, which make the token compulsory.</summary>
    public int TokenUsers { get; set; }

    public FakeRegion Config => Regions[(int)VFIO_PCI_CONFIG_REGION_INDEX]!;

    /// <summary>Gives the device a region that is read and written by calls.</summary>
    public FakeRegion AddRegion(int index, long size) => Add(index, size, ReadWrite);

    /// <summary>Gives the device a region that can also be mapped.</summary>
    public FakeRegion AddMappable(int index, long size) => Add(index, size, ReadWrite | (uint)VFIO_REGION_INFO_FLAG_MMAP);

    /// <summary>Gives the device the interrupt by which the kernel wants it back. Without it nobody listens, and no loop runs.</summary>
    public void AddRequest()
        => Irqs[(int)VFIO_PCI_REQ_IRQ_INDEX] = new FakeIrq(1, (uint)(VFIO_IRQ_INFO_EVENTFD | VFIO_IRQ_INFO_NORESIZE));

    /// <summary>Does to the function what a reset does.</summary>
    public void Reset()
    {
        Resets++;
        foreach (FakeIrq? irq in Irqs)
        {
            irq?.IsLost |= ForgetsInterrupts;
        }

        if (CommandAfterReset is { } command)
        {
            Config.Poke((int)PCI_COMMAND, (byte)command, (byte)(command >> 8));
        }
    }

    private FakeRegion Add(int index, long size, uint flags)
    {
        Regions[index]?.Release();
        var region = new FakeRegion(index, size, flags);
        Regions[index] = region;
        return region;
    }
}
