using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Nvme;
using Xunit;

namespace Vfio.Device.Tests.Nvme;

public sealed class TimeoutTests
{
    [Theory]
    [InlineData(WaitMode.Poll)]
    [InlineData(WaitMode.Interrupt)]
    public void Commands_that_take_too_long_are_ended_and_each_reported_once(WaitMode wait)
    {
        Mode.RequireBest();
        using var drive = new NvmeDrive(new NvmeControllerOptions { CommandTimeout = TimeSpan.FromSeconds(1) });
        (IoQueuePair queue, BlockIo io) = drive.Open(new IoQueuePairOptions { Depth = 16, Wait = wait });
        using (queue)
        using (io)
        {
            io.WriteZeroes(0, (ulong)queue.Depth);
            using var pool = DmaPool.Create(drive.Device.Dma, drive.Namespace.BlockSize, queue.Depth);
            var statuses = new Dictionary<ushort, (byte Block, NvmeStatus Status)>();

            // The first block is written at once, and the others one a second.
            using (new NvmeThrottle(commandsPerSecond: 1))
            {
                Dictionary<ushort, byte> submitted = Submit(queue, drive.Namespace, pool);
                var ended = new NvmeCompletion[queue.Depth];
                while (queue.InFlight > 0)
                {
                    foreach (NvmeCompletion completion in ended.AsSpan(0, queue.Reap(ended)))
                    {
                        Assert.True(submitted.Remove(completion.CommandId, out byte block));
                        statuses.Add(completion.CommandId, (block, completion.Status));
                    }
                }

                Assert.Empty(submitted);
            }

            // By Abort, which QEMU carries out, or by a reset where a command ends only after the driver's patience.
            Assert.All(statuses.Values, static end => Assert.True(end.Status.IsSuccess || WasEnded(end.Status), end.Status.ToString()));
            Assert.Contains(statuses.Values, static end => WasEnded(end.Status));
            Assert.Equal(ControllerState.Ready, drive.Controller.State);
            byte[] data = new byte[drive.Namespace.BlockSize];
            foreach ((byte block, NvmeStatus status) in statuses.Values)
            {
                io.Read(block, data);
                Assert.True(data[0] == Pattern(block) || (data[0] == 0 && !status.IsSuccess), $"block {block}: {status}, {data[0]}");
                Assert.False(data.AsSpan().ContainsAnyExcept(data[0]));
            }
        }
    }

    // Block by block, each with a pattern of its own.
    private static Dictionary<ushort, byte> Submit(IoQueuePair queue, NvmeNamespace space, DmaPool pool)
    {
        var submitted = new Dictionary<ushort, byte>();
        for (byte block = 0; block < queue.Depth; block++)
        {
            DmaBlock data = pool.Rent();
            data.AsSpan().Fill(Pattern(block));
            Assert.True(queue.TryWrite(space, block, 1, data.Iova, out ushort command));
            submitted.Add(command, block);
        }

        queue.Ring();
        return submitted;
    }

    private static bool WasEnded(NvmeStatus status) => status.Is(NvmeStatus.AbortRequested) || status.Is(NvmeStatus.AbortedByHost);

    private static byte Pattern(byte block) => (byte)(0xa0 + block);
}
