using Vfio.Nvme.Tests.Model;

namespace Vfio.Nvme.Tests.Queues;

public sealed class CommandTests
{
    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void What_is_written_is_read_back(int blockSize)
    {
        using var fixture = new QueueFixture(new ModelController(new ModelNamespace(1, blockSize, 1024)));
        Span<byte> written = fixture.Data.AsSpan(0, 3 * blockSize);
        new Random(1).NextBytes(written);

        Assert.True(fixture.Queue.TryWrite(fixture.Namespace, 100, 3, fixture.At(0), out ushort command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.Equal(written, fixture.Blocks.At(100, 3));

        Assert.True(fixture.Queue.TryRead(fixture.Namespace, 100, 3, fixture.At(1 << 20), out command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.Equal(written, fixture.Data.AsSpan(1 << 20, 3 * blockSize));
    }

    [Fact]
    public void Zeroes_deallocation_flush_and_compare_do_what_they_say()
    {
        using var fixture = new QueueFixture();
        fixture.Blocks.Data.AsSpan().Fill(7);

        Assert.True(fixture.Queue.TryWriteZeroes(fixture.Namespace, 10, 2, out ushort command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.True(fixture.Queue.TryDeallocate(fixture.Namespace, 20, 3, out command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out command));
        Assert.True(fixture.End(command).IsSuccess);

        Assert.Equal([10, 11, 20, 21, 22], Enumerable.Range(0, 1024).Where(block => fixture.Blocks.At((ulong)block, 1)[0] == 0));

        fixture.Data.AsSpan(0, 8192).Fill(7);
        Assert.True(fixture.Queue.TryCompare(fixture.Namespace, 12, 2, fixture.At(0), out command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.True(fixture.Queue.TryCompare(fixture.Namespace, 11, 2, fixture.At(0), out command));
        NvmeStatus status = fixture.End(command);
        Assert.True(status.Is(NvmeStatus.CompareFailure));
        Assert.Equal("Compare Failure (SCT 2h, SC 85h)", status.ToString());
    }

    [Fact]
    public void Force_unit_access_reaches_the_controller()
    {
        var seen = new List<uint>();
        using var fixture = new QueueFixture();
        fixture.Model.OnCommand = command =>
        {
            seen.Add(command.Dword12);
            return ModelFault.None;
        };

        Assert.True(fixture.Queue.TryWrite(fixture.Namespace, 0, 2, fixture.At(0), out ushort command, forceUnitAccess: true));
        fixture.End(command);
        Assert.True(fixture.Queue.TryWrite(fixture.Namespace, 0, 2, fixture.At(0), out command));
        fixture.End(command);
        fixture.Model.OnCommand = null;

        Assert.Equal([(1u << 30) | 1, 1], seen);
    }

    [Fact]
    public void A_failed_command_is_reported_with_its_status()
    {
        using var fixture = new QueueFixture();
        fixture.Model.OnCommand = static _ => ModelFault.Fail;

        Assert.True(fixture.Queue.TryRead(fixture.Namespace, 0, 1, fixture.At(0), out ushort command));
        NvmeStatus status = fixture.End(command);
        fixture.Model.OnCommand = null;

        Assert.Equal(fixture.Model.FaultStatus, status);
        Assert.False(status.IsSuccess);
    }

    [Fact]
    public void Wrong_ranges_never_reach_the_controller()
    {
        using var fixture = new QueueFixture();
        NvmeNamespace space = fixture.Namespace;
        IoQueuePair queue = fixture.Queue;

        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryRead(space, 1024, 1, fixture.At(0), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryRead(space, 1023, 2, fixture.At(0), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryRead(space, ulong.MaxValue, 2, fixture.At(0), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryWrite(space, 0, 0, fixture.At(0), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryWrite(space, 0, 33, fixture.At(0), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryWrite(space, 0, uint.MaxValue, fixture.At(0), out _));
        Assert.Throws<ArgumentException>(() => queue.TryWrite(space, 0, 1, fixture.At(2), out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryWriteZeroes(space, 0, 65537, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryDeallocate(space, 1000, 25, out _));
        Assert.Throws<ArgumentNullException>(() => queue.TryRead(null!, 0, 1, fixture.At(0), out _));
        Assert.Equal(0, queue.InFlight);
        Assert.Equal(0, fixture.Model.Executed);
    }

    [Fact]
    public void Commands_that_the_controller_lacks_are_refused()
    {
        using var fixture = new QueueFixture(new ModelController { NvmCommands = NvmCommandSupport.None });

        Assert.Equal(NvmeErrorKind.NotSupported, Assert.Throws<NvmeException>(() => fixture.Queue.TryWriteZeroes(fixture.Namespace, 0, 1, out _)).Kind);
        Assert.Equal(NvmeErrorKind.NotSupported, Assert.Throws<NvmeException>(() => fixture.Queue.TryDeallocate(fixture.Namespace, 0, 1, out _)).Kind);
        Assert.Equal(NvmeErrorKind.NotSupported, Assert.Throws<NvmeException>(() => fixture.Queue.TryCompare(fixture.Namespace, 0, 1, fixture.At(0), out _)).Kind);
    }
}
