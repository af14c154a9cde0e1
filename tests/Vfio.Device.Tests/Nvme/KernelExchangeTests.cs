using Vfio.Assignability;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Xunit;
using HostDrivers = Vfio.Device.Tests.Handover.HostDrivers;

namespace Vfio.Device.Tests.Nvme;

/// <summary>The kernel's driver and the sample's, in turn on the same drive.</summary>
public sealed class KernelExchangeTests : IDisposable
{
    private const string Disk = "/dev/nvme0n1";
    private const int Length = 6 << 20;

    private readonly HostDrivers _drivers = new();

    public void Dispose() => _drivers.Dispose();

    [Fact]
    public void Each_reads_what_the_other_has_written()
    {
        Mode.RequireIommu();
        PciAddress address = TestDevice.Nvme();
        _drivers.Give(address, "nvme");
        byte[] kernels = new byte[Length];
        byte[] ours = new byte[Length];
        new Random(10).NextBytes(kernels);
        new Random(11).NextBytes(ours);
        WaitForDisk();
        using (FileStream disk = File.OpenWrite(Disk))
        {
            disk.Write(kernels);
            disk.Flush(flushToDisk: true);
        }

        DeviceHandover.Bind([address]).ThrowIfFailed();
        byte[] read = new byte[Length];
        using (NvmeController controller = NvmeController.Open(VfioFunction.Open(address, Mode.DeviceOptions)))
        using (IoQueuePair queue = controller.CreateQueue(new IoQueuePairOptions { Wait = WaitMode.Hybrid }))
        using (var io = new BlockIo(queue, controller.Namespaces[0]))
        {
            io.Read(0, read);
            io.Write(2048, ours);
        }

        DeviceHandover.Restore([address]).ThrowIfFailed();
        Assert.True(kernels.AsSpan().SequenceEqual(read));
        WaitForDisk();
        using (FileStream disk = File.OpenRead(Disk))
        {
            disk.Seek(2048 * 4096, SeekOrigin.Begin);
            disk.ReadExactly(read);
        }

        Assert.True(ours.AsSpan().SequenceEqual(read));
    }

    private static void WaitForDisk() => Assert.True(SpinWait.SpinUntil(
        static () =>
        {
            Thread.Sleep(20);
            return File.Exists(Disk);
        },
        TimeSpan.FromMinutes(1)));
}
