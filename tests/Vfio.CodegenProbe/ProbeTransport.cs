using System.Runtime.InteropServices;
using Vfio.Core;
using Vfio.Native;

namespace Vfio.CodegenProbe;

/// <summary>A device of one BAR, on memory of the process.</summary>
internal sealed unsafe class ProbeTransport : IDeviceTransport
{
    public string Name => "probe";

    public Func<Exception>? Ended { get; set; }

    public bool CanReset => false;

    // Configuration space is looked up by its index; the device has it with a length of zero.
    public int RegionCount => (int)VfioUapi.VFIO_PCI_NUM_REGIONS;

    public int InterruptCount => 0;

    public RegionInfo GetRegion(int index) => index == 0
        ? new RegionInfo
        {
            Index = 0,
            Size = Environment.SystemPageSize,
            Features = RegionFeatures.Read | RegionFeatures.Write | RegionFeatures.Map,
            FileOffset = 0,
            MappableAreas = [new RegionArea(0, Environment.SystemPageSize)],
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
    }

    public void Read(RegionInfo region, long offset, Span<byte> destination) => throw new NotSupportedException();

    public void Write(RegionInfo region, long offset, ReadOnlySpan<byte> source) => throw new NotSupportedException();

    public SafeHandle Export(RegionInfo region, long offset, long length) => throw new NotSupportedException();

    public InterruptInfo GetInterrupt(int index) => throw new NotSupportedException();

    public void EnableInterrupts(InterruptInfo interrupt, ReadOnlySpan<EventFd?> events, int first = 0) => throw new NotSupportedException();

    public void DisableInterrupts(InterruptInfo interrupt) => throw new NotSupportedException();

    public void MaskInterrupt(InterruptInfo interrupt, int vector, bool masked) => throw new NotSupportedException();

    public void SetUnmaskEvent(InterruptInfo interrupt, int vector, EventFd? unmask) => throw new NotSupportedException();

    public void TriggerInterrupt(InterruptInfo interrupt, int vector) => throw new NotSupportedException();

    public void Reset(TimeSpan busyTimeout) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
