using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Native;

namespace Vfio.FloorComparison;

/// <summary>A device that has memory of the process for a BAR, and nothing else: registers without a bus behind them.</summary>
internal sealed unsafe class MemoryTransport : IDeviceTransport
{
    private const int Bar = 2;
    private const int Length = 64 << 10;

    public string Name => "memory";

    public bool CanReset => false;

    public int RegionCount => (int)VfioUapi.VFIO_PCI_NUM_REGIONS;

    public int InterruptCount => 0;

    public static VfioDevice Open()
    {
        var attachment = new FixedAttachment("memory", space: null, isIsolated: true);
        return new VfioDevice(VfioHost.Local, new OpenedDevice(new MemoryTransport(), attachment));
    }

    public RegionInfo GetRegion(int index) => index == Bar
        ? new RegionInfo
        {
            Index = Bar,
            Size = Length,
            Features = RegionFeatures.Read | RegionFeatures.Write | RegionFeatures.Map,
            FileOffset = 0,
            MappableAreas = [new RegionArea(0, Length)],
        }
        : RegionInfo.Absent(index);

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

        // The floor's is populated as well.
        new Span<byte>((void*)address, (int)length).Fill(1);
    }

    public void Read(RegionInfo region, long offset, Span<byte> destination) => throw new NotSupportedException();

    public void Write(RegionInfo region, long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

    public SafeHandle Export(RegionInfo region, long offset, long length) => throw new NotSupportedException();

    public InterruptInfo GetInterrupt(int index) => throw new NotSupportedException();

    public void EnableInterrupts(InterruptInfo interrupt, ReadOnlySpan<EventFd> events) => throw new NotSupportedException();

    public void DisableInterrupts(InterruptInfo interrupt) => throw new NotSupportedException();

    public void MaskInterrupt(InterruptInfo interrupt, int vector, bool masked) => throw new NotSupportedException();

    public void TriggerInterrupt(InterruptInfo interrupt, int vector) => throw new NotSupportedException();

    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
