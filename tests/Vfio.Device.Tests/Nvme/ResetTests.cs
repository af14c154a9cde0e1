using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

public sealed class ResetTests
{
    private const int Resets = 1000;
    private const int Runs = 100;

    [Fact]
    public void Resets_under_load_lose_no_completed_write()
    {
        Mode.RequireBest();
        using var drive = new NvmeDrive(new NvmeControllerOptions { Queues = 2 });
        using var polling = new VersionedWriter(drive, WaitMode.Poll, 0, Runs, seed: 1);
        using var sleeping = new VersionedWriter(drive, WaitMode.Interrupt, 8000, Runs, seed: 2);
        VersionedWriter[] writers = [polling, sleeping];

        // So slow that every reset finds commands under way.
        using (new NvmeThrottle(commandsPerSecond: 100))
        {
            Write(writers, () => ResetUnderLoad(drive.Controller));
        }

        Array.ForEach(writers, static writer => writer.Check());
        Assert.All(writers, static writer => Assert.Empty(writer.Problems));
        Assert.All(writers, static writer => Assert.True(writer.Writes > 0 && writer.Aborted > 0, $"{writer.Writes}, {writer.Aborted}"));
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

    // An admin command ends after the controller has fetched what it was told of before. QEMU 10.0 needs that: a reset that finds commands to be
    // fetched starts them and frees their queue.
    private static void ResetUnderLoad(NvmeController controller)
    {
        _ = controller.GetFeature(NvmeFeature.VolatileWriteCache);
        controller.Reset();
    }

    // Each writer on its own thread, and this one, which resets the drive, meet in every round.
    private static void Write(VersionedWriter[] writers, Action reset)
    {
        using var stop = new CancellationTokenSource();
        using var meeting = new Barrier(writers.Length + 1);
        Thread[] threads = [.. writers.Select(writer => new Thread(() => Run(() => writer.Write(Resets, meeting, stop.Token), writer.Problems, stop)))];
        Array.ForEach(threads, static thread => thread.Start());
        List<string> problems = [];
        Run(
            () =>
            {
                for (int i = 0; i < Resets; i++)
                {
                    meeting.SignalAndWait(stop.Token);
                    reset();
                    meeting.SignalAndWait(stop.Token);
                }
            },
            problems,
            stop);
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Empty(problems);
    }

    // Whoever fails keeps nobody else waiting.
    private static void Run(Action work, List<string> problems, CancellationTokenSource stop)
    {
        try
        {
            work();
        }
        catch (NvmeException error)
        {
            problems.Add(error.Message);
            stop.Cancel();
        }
        catch (OperationCanceledException)
        {
            // Another has told why.
        }
    }
}
