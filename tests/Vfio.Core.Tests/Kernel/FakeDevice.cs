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

    public int Resets { get; set; }

    /// <summary>Mappings of its regions that are in the process; they hold the device open in the kernel.</summary>
    public List<(nint Address, nuint Length)> Mapped { get; } = [];

    public FakeRegion Config => Regions[(int)VFIO_PCI_CONFIG_REGION_INDEX]!;

    /// <summary>Gives the device a region that is read and written by calls.</summary>
    public FakeRegion AddRegion(int index, long size) => Add(index, size, ReadWrite);

    /// <summary>Gives the device a region that can also be mapped.</summary>
    public FakeRegion AddMappable(int index, long size) => Add(index, size, ReadWrite | (uint)VFIO_REGION_INFO_FLAG_MMAP);

    private FakeRegion Add(int index, long size, uint flags)
    {
        Regions[index]?.Release();
        var region = new FakeRegion(index, size, flags);
        Regions[index] = region;
        return region;
    }
}
