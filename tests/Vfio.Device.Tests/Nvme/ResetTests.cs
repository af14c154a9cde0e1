using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

public sealed class ResetTests
{
    // More of them are on the model of the host tests. QEMU 10.0 itself crashes about once in a thousand resets that find commands under way.
    private const int Resets = 20;
    private const int Blocks = 500;

    [Fact]
    public void Resets_under_load_lose_no_completed_write()
    {
        Mode.RequireBest();
        using var drive = new NvmeDrive(new NvmeControllerOptions { Queues = 2 });
        using var polling = new VersionedWriter(drive, WaitMode.Poll, 0, Blocks, seed: 1);
        using var sleeping = new VersionedWriter(drive, WaitMode.Interrupt, 8000, Blocks, seed: 2);
        using var stop = new CancellationTokenSource();
        VersionedWriter[] writers = [polling, sleeping];
        Thread[] threads = [.. writers.Select(writer => new Thread(() => Run(writer, stop.Token)))];
        Array.ForEach(threads, static thread => thread.Start());

        for (int i = 0; i < Resets; i++)
        {
            // Only one that finds commands in flight is worth counting.
            long before = polling.Aborted + polling.Writes;
            drive.Controller.Reset();
            while (polling.Aborted + polling.Writes == before && polling.Problems.Count == 0)
            {
                Thread.Yield();
            }
        }

        stop.Cancel();
        Array.ForEach(threads, static thread => thread.Join());
        Array.ForEach(writers, static writer => writer.Check());
        Assert.All(writers, static writer => Assert.Empty(writer.Problems));
        Assert.All(writers, static writer => Assert.True(writer.Writes > 0 && writer.Aborted > 0));
        Assert.Equal(ControllerState.Ready, drive.Controller.State);
    }

    [Fact]
    public void A_reset_of_the_function_under_the_driver_is_found_out_and_mended()
    {
        using var drive = new NvmeDrive();
        (IoQueuePair queue, BlockIo io) = drive.Open();
        byte[] data = new byte[1 << 20];
        new Random(4).NextBytes(data);
        io.Write(0, data);

        drive.Device.Reset();
        drive.Device.Config.Command |= Core.PciCommand.Memory | Core.PciCommand.BusMaster;
        NvmeException error = Assert.Throws<NvmeException>(() => io.Read(0, new byte[4096]));

        Assert.True(error.Status.Is(NvmeStatus.AbortedByHost));
        byte[] back = new byte[data.Length];
        io.Read(0, back);
        Assert.Equal(data, back);
        Assert.Equal(ControllerState.Ready, drive.Controller.State);
        io.Dispose();
        queue.Dispose();
    }

    private static void Run(VersionedWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            writer.Run(cancellationToken);
        }
        catch (NvmeException error)
        {
            writer.Problems.Add(error.Message);
        }
    }
}
