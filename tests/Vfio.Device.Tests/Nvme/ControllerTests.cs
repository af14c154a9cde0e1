using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

public sealed class ControllerTests
{
    [Fact]
    public void The_controller_tells_what_it_is_and_how_it_is()
    {
        using var drive = new NvmeDrive();

        Assert.Equal("QEMU NVMe Ctrl", drive.Controller.Identity.ModelNumber);
        Assert.Equal("lab", drive.Controller.Identity.SerialNumber);
        Assert.Equal((1u, 16384ul, 4096), (drive.Namespace.Id, drive.Namespace.BlockCount, drive.Namespace.BlockSize));
        Assert.InRange(drive.Controller.ReadSmartLog().TemperatureKelvin, 273, 373);
        Assert.True(drive.Controller.HasShadowDoorbells);
    }

    [Fact]
    public void Features_are_set_and_got()
    {
        using var drive = new NvmeDrive();
        uint cache = drive.Controller.GetFeature(NvmeFeature.VolatileWriteCache);

        drive.Controller.SetFeature(NvmeFeature.VolatileWriteCache, cache ^ 1);

        Assert.Equal(cache ^ 1, drive.Controller.GetFeature(NvmeFeature.VolatileWriteCache));
        drive.Controller.SetFeature(NvmeFeature.VolatileWriteCache, cache);
    }

    [Fact]
    public void An_event_is_told_when_the_temperature_crosses_its_threshold()
    {
        using var drive = new NvmeDrive();
        drive.Controller.SetFeature(NvmeFeature.AsynchronousEventConfiguration, 0xff);

        drive.Controller.SetFeature(NvmeFeature.TemperatureThreshold, 200);

        AsyncEvent taken = default;
        Assert.True(SpinWait.SpinUntil(() => drive.Controller.TryTakeEvent(out taken), TimeSpan.FromMinutes(1)), "no event came");
        Assert.Equal(AsyncEventType.SmartHealth, taken.Type);
        Assert.NotEqual(0, drive.Controller.ReadSmartLog().CriticalWarning & 2);
    }

    [Fact]
    public void Commands_without_data_do_what_they_say()
    {
        using var drive = new NvmeDrive();
        (IoQueuePair queue, BlockIo io) = drive.Open();
        byte[] data = new byte[40 * 4096];
        new Random(1).NextBytes(data);
        io.Write(100, data);

        io.WriteZeroes(105, 3);
        io.Deallocate(120, 4);
        io.Flush();

        data.AsSpan(5 * 4096, 3 * 4096).Clear();
        byte[] back = new byte[data.Length];
        io.Read(100, back);
        data.AsSpan(20 * 4096, 4 * 4096).Clear();
        back.AsSpan(20 * 4096, 4 * 4096).Clear(); // QEMU need not have made them zero
        Assert.Equal(data, back);
        io.Dispose();
        queue.Dispose();
    }

    [Fact]
    public void Blocks_of_512_bytes_are_as_good()
    {
        using var drive = new NvmeDrive();
        NvmeNamespace before = drive.Namespace;
        NvmeNamespace now = drive.Controller.Format(before, before.Identity.Formats.First(static format => format is { BlockSize: 512, MetadataSize: 0 }));
        try
        {
            Assert.Equal((131072ul, 512), (now.BlockCount, now.BlockSize));
            (IoQueuePair queue, BlockIo io) = drive.Open();
            byte[] data = new byte[777 * 512];
            new Random(2).NextBytes(data);
            io.Write(131072 - 777, data);
            byte[] back = new byte[data.Length];
            io.Read(131072 - 777, back);
            Assert.Equal(data, back);
            io.Dispose();
            queue.Dispose();
        }
        finally
        {
            drive.Controller.Format(now, before.Identity.Format);
        }
    }

    [Fact]
    public void Pieces_at_odd_places_go_by_scatter_gather_lists()
    {
        using var drive = new NvmeDrive();
        (IoQueuePair queue, BlockIo io) = drive.Open();
        byte[] data = new byte[8192];
        new Random(3).NextBytes(data);
        io.Write(7, data);
        using DmaBuffer memory = drive.Device.Dma.Allocate(64 << 10);

        Assert.True(queue.TryRead(drive.Namespace, 7, [new(memory.Iova + 1, 1001), new(memory.Iova + 9999, 5000), new(memory.Iova + 20001, 2191)], out _));
        queue.Ring();
        var ended = new NvmeCompletion[1];
        while (queue.Reap(ended) == 0)
        {
            Thread.Yield();
        }

        Assert.True(ended[0].IsSuccess);
        byte[] read = [.. memory.AsSpan(1, 1001), .. memory.AsSpan(9999, 5000), .. memory.AsSpan(20001, 2191)];
        Assert.Equal(data, read);
        io.Dispose();
        queue.Dispose();
    }

    [Fact]
    public async Task Commands_are_awaited()
    {
        using var drive = new NvmeDrive();
        using DmaPool pool = DmaPool.Create(drive.Device.Dma, 4096, 64);
        using AsyncQueuePair queue = AsyncQueuePair.Create(drive.Controller, depth: 16);

        await Task.WhenAll(Enumerable.Range(0, 32).Select(async part =>
        {
            using DmaBlock written = pool.Rent();
            using DmaBlock read = pool.Rent();
            written.AsSpan().Fill((byte)(part + 1));
            for (int i = 0; i < 20; i++)
            {
                ulong block = (ulong)((part * 20) + i);
                await queue.WriteAsync(drive.Namespace, block, 1, written.Iova);
                await queue.ReadAsync(drive.Namespace, block, 1, read.Iova);
                Assert.False(read.AsSpan().ContainsAnyExcept((byte)(part + 1)));
                read.AsSpan().Clear();
            }
        }));
    }

    [Theory]
    [InlineData(WaitMode.Poll)]
    [InlineData(WaitMode.Interrupt)]
    [InlineData(WaitMode.Hybrid)]
    public void Nothing_is_allocated_per_operation(WaitMode wait)
    {
        using var drive = new NvmeDrive();
        (IoQueuePair queue, BlockIo io) = drive.Open(new IoQueuePairOptions { Depth = 8, Wait = wait });
        using DmaPool pool = DmaPool.Create(drive.Device.Dma, 8192, 8);
        var blocks = new DmaBlock[queue.Depth];
        Read(queue, drive.Namespace, pool, blocks);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Read(queue, drive.Namespace, pool, blocks);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        io.Dispose();
        queue.Dispose();
    }

    [Fact]
    public void The_command_identifies_the_drive()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Nvme();
        using DriverBinding binding = DriverBinding.Bind(address);

        (int exitCode, string output, string error) = Command.Program("Vfio.Nvme.Tool", "nvme-vfio.dll", "identify", address.ToString(), "--json");

        Assert.Equal(string.Empty, error);
        Assert.Equal(0, exitCode);
        Assert.Contains("\"serial\": \"lab\"", output, StringComparison.Ordinal);
        Assert.Contains("\"blockSize\": 4096", output, StringComparison.Ordinal);
    }

    private static void Read(IoQueuePair queue, NvmeNamespace space, DmaPool pool, DmaBlock[] blocks)
    {
        var counter = new Counter(blocks);
        for (int i = 0; i < 300; i++)
        {
            DmaBlock block = pool.Rent();
            Assert.True(queue.TryRead(space, (ulong)i, 2, block.Iova, out ushort command));
            blocks[command] = block;
            while (queue.InFlight == queue.Depth)
            {
                queue.WaitAny(ref counter);
            }
        }

        while (queue.InFlight > 0)
        {
            queue.WaitAny(ref counter);
        }
    }

    private readonly struct Counter(DmaBlock[] blocks) : INvmeCompletionHandler
    {
        public void Complete(in NvmeCompletion completion)
        {
            if (!completion.IsSuccess)
            {
                throw new InvalidOperationException(completion.Status.ToString());
            }

            blocks[completion.CommandId].Dispose();
        }
    }
}
