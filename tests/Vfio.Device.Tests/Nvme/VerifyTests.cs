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
}
