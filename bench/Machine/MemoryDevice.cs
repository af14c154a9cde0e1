using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Native;

namespace Vfio.Bench.Machine;

/// <summary>A device in this process: a BAR and a configuration space of memory, and interrupts that are triggered by software.</summary>
internal sealed unsafe class MemoryDevice : IDeviceTransport
{
    public const int BarLength = 64 << 10;

    private const int Config = (int)VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX;
    private const int Msix = (int)VfioUapi.VFIO_PCI_MSIX_IRQ_INDEX;

    private readonly byte[] _config = new byte[4096];
    private EventFd? _event;

    public string Name => "memory";

    public Func<Exception>? Ended { get; set; }

    public bool CanReset => false;

    public int RegionCount => (int)VfioUapi.VFIO_PCI_NUM_REGIONS;

    public int InterruptCount => (int)VfioUapi.VFIO_PCI_NUM_IRQS;

    public Span<byte> ConfigSpace => _config;

    public static VfioDevice Open(MemoryDevice? device = null)
        => new(VfioHost.Local, new OpenedDevice(device ?? new MemoryDevice(), new FixedAttachment("memory", space: null, isIsolated: true)));

    public RegionInfo GetRegion(int index) => index switch
    {
        0 => Region(index, BarLength, RegionFeatures.Map, new RegionArea(0, BarLength)),
        Config => Region(index, _config.Length, RegionFeatures.None),
        _ => RegionInfo.Absent(index),
    };

    public void Map(RegionInfo region, long offset, long length, nint address)
    {
        int result = LinuxKernel.Instance.MapMemory(
            (void*)address,
            (nuint)length,
            (int)(Libc.PROT_READ | Libc.PROT_WRITE),
            (int)(Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_FIXED),
            -1,
            0,
            out _);
        if (result < 0)
        {
            throw new InvalidOperationException($"mmap: {-result}");
        }

        // Pages that nobody has written are all the same one.
        new Span<byte>((void*)address, (int)length).Fill(1);
    }

    public void Read(RegionInfo region, long offset, Span<byte> destination) => _config.AsSpan((int)offset, destination.Length).CopyTo(destination);

    public void Write(RegionInfo region, long offset, ReadOnlySpan<byte> source) => source.CopyTo(_config.AsSpan((int)offset));

    public SafeHandle Export(RegionInfo region, long offset, long length) => throw new NotSupportedException();

    public InterruptInfo GetInterrupt(int index) => new(index, index == Msix ? 1 : 0, InterruptFeatures.EventFd);

    public void EnableInterrupts(InterruptInfo interrupt, ReadOnlySpan<EventFd?> events, int first = 0) => _event = events[0];

    public void DisableInterrupts(InterruptInfo interrupt) => _event = null;

    public void MaskInterrupt(InterruptInfo interrupt, int vector, bool masked) => throw new NotSupportedException();

    public void SetUnmaskEvent(InterruptInfo interrupt, int vector, EventFd? unmask) => throw new NotSupportedException();

    public void TriggerInterrupt(InterruptInfo interrupt, int vector) => _event?.Signal();

    public void Reset(TimeSpan busyTimeout) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private static RegionInfo Region(int index, long size, RegionFeatures features, params RegionArea[] areas) => new()
    {
        Index = index,
        Size = size,
        Features = RegionFeatures.Read | RegionFeatures.Write | features,
        FileOffset = 0,
        MappableAreas = areas,
    };
}
