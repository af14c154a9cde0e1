using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Vfio.Nvme.Tool.Verify;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

public sealed class VerifyTests
{
    [Theory]
    [InlineData(WaitMode.Poll, 1, true)]
    [InlineData(WaitMode.Poll, 4, false)]
    [InlineData(WaitMode.Interrupt, 1, false)]
    [InlineData(WaitMode.Interrupt, 4, true)]
    [InlineData(WaitMode.Hybrid, 1, true)]
    [InlineData(WaitMode.Hybrid, 4, false)]
    public void Every_byte_that_is_written_comes_back(WaitMode wait, int queues, bool shadows)
    {
        using var drive = new NvmeDrive(new NvmeControllerOptions { Queues = queues, ShadowDoorbells = shadows });

        // All of it where the kernel's own ways to map are at work, a part of it where one stands in for another.
        bool whole = Mode.Backend is VfioBackend.Iommufd or VfioBackend.Type1V2;
        using var run = new VerifyRun(drive.Session, drive.Namespace, new VerifyOptions
        {
            Block = 0,
            Count = whole ? drive.Namespace.BlockCount : 1001,
            TransferSize = 64 << 10,
            Depth = 32,
            Queues = queues,
            Wait = wait,
            Seed = (ulong)(queues + (int)wait + 1),
            Write = true,
        });
        run.Prepare();

        VerifyReport report = run.Run(CancellationToken.None);

        Assert.Empty(report.Problems);
        Assert.True(report.Ok);
    }

    [Fact]
    public void A_byte_that_is_not_what_was_written_is_named()
    {
        Mode.RequireBest();
        using var drive = new NvmeDrive();
        var options = new VerifyOptions { Block = 3, Count = 100, TransferSize = 16 << 10, Depth = 4, Queues = 2, Wait = WaitMode.Hybrid, Seed = 9, Write = true };
        Assert.True(Run(drive, options).Ok);
        (IoQueuePair queue, BlockIo io) = drive.Open();
        byte[] block = new byte[drive.Namespace.BlockSize];
        io.Read(77, block);
        block[1234] ^= 0x40;
        io.Write(77, block);
        io.Dispose();
        queue.Dispose();

        VerifyReport report = Run(drive, options with { Write = false });

        Assert.False(report.Ok);
        Assert.Equal($"byte 1234 of block 77 is 0x{block[1234]:x2}, which was not written there", Assert.Single(report.Problems));
    }

    [Fact]
    public async Task A_reset_among_the_last_writes_is_survived_and_what_it_ended_is_told()
    {
        Mode.RequireBest();
        using var drive = new NvmeDrive();
        using var run = new VerifyRun(
            drive.Session,
            drive.Namespace,
            new VerifyOptions { Block = 0, Count = 8, TransferSize = 4096, Depth = 8, Queues = 1, Wait = WaitMode.Poll, Seed = 1, Write = true });
        run.Prepare();
        Task<VerifyReport> work;
        using (new NvmeThrottle(commandsPerSecond: 1))
        {
            work = Task.Run(() => run.Run(CancellationToken.None));

            // The first write ends at once, when the controller was told of all of them; the others take a second each.
            Assert.True(SpinWait.SpinUntil(() => run.Done > 0, TimeSpan.FromMinutes(1)), "no write ended");
            _ = drive.Controller.GetFeature(NvmeFeature.VolatileWriteCache); // so that all are fetched, without which QEMU 10.0 fails in a reset
            drive.Controller.Reset();
        }

        // QEMU may end all of them before it is reset.
        VerifyReport report = await work;
        Assert.Equal(report.Problems.Length == 0, report.Ok);
        Assert.All(report.Problems, static problem => Assert.Contains("Write ended with", problem, StringComparison.Ordinal));
    }

    private static VerifyReport Run(NvmeDrive drive, VerifyOptions options)
    {
        using var run = new VerifyRun(drive.Session, drive.Namespace, options);
        run.Prepare();
        return run.Run(CancellationToken.None);
    }
}
