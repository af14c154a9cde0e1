using Vfio.Nvme.Tests.Model;
using Vfio.Nvme.Tests.Queues;

namespace Vfio.Nvme.Tests.Faults;

/// <summary>Controllers that fail under I/O. Every command ends once, and none is reported as done that was not.</summary>
public sealed class IoFaultTests
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(WaitMode.Poll)]
    [InlineData(WaitMode.Interrupt)]
    public void A_command_that_hangs_is_aborted(WaitMode wait)
    {
        using var fixture = Open(wait);
        HoldBlock(fixture, 7, ModelFault.Hold);
        List<NvmeCompletion> ended = RunReads(fixture, 16);

        Assert.Equal(16, ended.Count);
        Assert.Equal(15, ended.Count(static completion => completion.IsSuccess));
        Assert.Single(ended, static completion => completion.Status.Is(NvmeStatus.AbortRequested));
        Assert.Equal(1, fixture.Model.Enables);
        Assert.Equal(ControllerState.Ready, fixture.Controller.State);
    }

    [Theory]
    [InlineData(nameof(ModelFault.HoldFirmly))]
    [InlineData(nameof(ModelFault.LoseCompletion))]
    public void A_command_that_cannot_be_aborted_ends_by_a_reset(string fault)
    {
        using var fixture = Open(WaitMode.Poll);
        HoldBlock(fixture, 7, Enum.Parse<ModelFault>(fault));
        List<NvmeCompletion> ended = RunReads(fixture, 16);

        Assert.Equal(16, ended.Count);
        Assert.Single(ended, static completion => completion.Status.Is(NvmeStatus.AbortedByHost));
        Assert.Equal(2, fixture.Model.Enables);
        AssertWorks(fixture);
    }

    [Fact]
    public void What_was_completed_before_a_reset_is_reported_as_it_ended()
    {
        using var fixture = Open(WaitMode.Poll);
        HoldBlock(fixture, 2, ModelFault.Hold);
        for (uint i = 0; i < 4; i++)
        {
            Assert.True(fixture.Queue.TryRead(fixture.Namespace, i, 1, fixture.At(0), out _));
        }

        fixture.Queue.Ring();
        fixture.Controller.Reset();

        var ended = new NvmeCompletion[8];
        Assert.Equal(4, fixture.Queue.Reap(ended));
        Assert.Equal([0, 1, 3, 2], ended[..4].Select(static completion => completion.CommandId));
        Assert.All(ended[..3], static completion => Assert.True(completion.IsSuccess));
        Assert.True(ended[3].Status.Is(NvmeStatus.AbortedByHost));
        AssertWorks(fixture);
    }

    [Fact]
    public void Until_the_lost_commands_are_reported_nothing_is_submitted()
    {
        using var fixture = Open(WaitMode.Poll);
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out _));
        fixture.Controller.Reset();

        Assert.False(fixture.Queue.TryFlush(fixture.Namespace, out _));

        var ended = default(NvmeCompletion);
        Assert.Equal(1, fixture.Queue.Reap(new Span<NvmeCompletion>(ref ended)));
        Assert.True(ended.Status.Is(NvmeStatus.AbortedByHost));
        AssertWorks(fixture);
    }

    [Theory]
    [InlineData(nameof(ModelFault.WrongIdentifier))]
    [InlineData(nameof(ModelFault.CompleteTwice))]
    [InlineData(nameof(ModelFault.Fatal))]
    public void A_controller_that_breaks_the_rules_is_reset(string fault)
    {
        using var fixture = Open(WaitMode.Poll);
        HoldBlock(fixture, 7, Enum.Parse<ModelFault>(fault));

        List<NvmeCompletion> ended = RunReads(fixture, 16);

        Assert.Equal(16, ended.Count);
        Assert.All(ended, static completion => Assert.True(completion.IsSuccess || completion.Status.Is(NvmeStatus.AbortedByHost)));
        Assert.Equal(fault != nameof(ModelFault.CompleteTwice), ended.Exists(static completion => !completion.IsSuccess));
        Assert.Equal(2, fixture.Model.Enables);
        AssertWorks(fixture);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_in_flight_when_the_controller_is_shut_down_is_reported_once(bool dispose)
    {
        using var fixture = Open(WaitMode.Poll);
        fixture.Model.OnCommand = static command => command.IsIo(NvmOpcode.Flush) ? ModelFault.Hold : ModelFault.None;
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out ushort held));
        fixture.Queue.Ring();

        if (dispose)
        {
            fixture.Controller.Dispose();
        }
        else
        {
            fixture.Controller.Shutdown();
        }

        var ended = new NvmeCompletion[4];
        Assert.Equal(1, fixture.Queue.Reap(ended));
        Assert.Equal(held, ended[0].CommandId);
        Assert.False(ended[0].IsSuccess);
        Assert.Equal(0, fixture.Queue.InFlight);
        Assert.ThrowsAny<Exception>(() => fixture.Queue.Reap(ended));
    }

    [Theory]
    [InlineData(WaitMode.Poll)]
    [InlineData(WaitMode.Interrupt)]
    [InlineData(WaitMode.Hybrid)]
    public void A_controller_that_vanishes_ends_every_command_once_and_takes_no_more(WaitMode wait)
    {
        using var fixture = Open(wait);

        LoseAtBlock7(fixture, ModelFault.Vanish);

        Assert.False(fixture.Model.Bus.IsMaster);
        Assert.Equal(NvmeErrorKind.NotUsable, Assert.Throws<NvmeException>(() => fixture.Queue.Reap(new NvmeCompletion[1])).Kind);
    }

    [Theory]
    [InlineData(WaitMode.Poll)]
    [InlineData(WaitMode.Interrupt)]
    [InlineData(WaitMode.Hybrid)]
    public void A_device_that_is_taken_away_ends_every_command_once_and_takes_no_more(WaitMode wait)
    {
        using var fixture = Open(wait);

        LoseAtBlock7(fixture, ModelFault.TakenAway);

        Assert.Equal(NvmeErrorKind.NotUsable, Assert.Throws<NvmeException>(() => fixture.Controller.ReadSmartLog()).Kind);
        Assert.Equal(NvmeErrorKind.NotUsable, Assert.Throws<NvmeException>(() => fixture.Controller.CreateQueue()).Kind);
    }

    [Fact]
    public void A_device_that_is_taken_away_is_noticed_by_an_admin_command_too()
    {
        using var fixture = Open(WaitMode.Interrupt);
        fixture.Model.OnCommand = static command => command.QueueId == 0 ? ModelFault.TakenAway : ModelFault.None;

        Assert.Equal(NvmeErrorKind.FunctionGone, Assert.Throws<NvmeException>(() => fixture.Controller.ReadSmartLog()).Kind);

        Assert.Equal(ControllerState.Removed, fixture.Controller.State);
    }

    [Theory]
    [InlineData(WaitMode.Poll)]
    [InlineData(WaitMode.Interrupt)]
    public void A_function_that_does_not_answer_is_reset(WaitMode wait)
    {
        using var fixture = Open(wait);
        HoldBlock(fixture, 7, ModelFault.Asleep);

        List<NvmeCompletion> ended = RunReads(fixture, 16);

        Assert.Equal(16, ended.Count);
        Assert.Equal(9, ended.Count(static completion => completion.Status.Is(NvmeStatus.AbortedByHost)));
        Assert.Equal(1, fixture.Model.FunctionResets);
        AssertWorks(fixture);
    }

    [Fact]
    public void A_controller_that_does_not_come_back_is_kept_from_memory_before_commands_end()
    {
        using var fixture = Open(WaitMode.Poll);
        fixture.Model.Stuck = ModelStuck.NeverIdle;
        fixture.Model.CanReset = false;
        HoldBlock(fixture, 7, ModelFault.LoseCompletion);
        bool mayWrite = true;

        List<NvmeCompletion> ended = RunReads(fixture, 16, completion =>
        {
            if (completion.Status.Is(NvmeStatus.AbortedByHost))
            {
                mayWrite = fixture.Model.Bus.IsMaster;
            }
        });

        Assert.False(mayWrite);
        Assert.Equal(16, ended.Count);
        Assert.Single(ended, static completion => completion.Status.Is(NvmeStatus.AbortedByHost));
        Assert.Equal(ControllerState.Failed, fixture.Controller.State);
        Assert.Equal(1, fixture.Model.FunctionResets);
        Assert.False(fixture.Model.Bus.IsMaster);
    }

    [Fact]
    public void Another_queue_goes_on_after_a_reset_that_it_did_not_cause()
    {
        using var fixture = Open(WaitMode.Poll);
        using IoQueuePair other = fixture.Controller.CreateQueue();
        Assert.True(other.TryFlush(fixture.Namespace, out ushort early));
        other.Ring();
        Assert.True(other.TryFlush(fixture.Namespace, out ushort late));
        HoldBlock(fixture, 7, ModelFault.LoseCompletion);

        RunReads(fixture, 16);

        var ended = new NvmeCompletion[4];
        Assert.Equal(2, other.Reap(ended));
        Assert.Equal((early, true), (ended[0].CommandId, ended[0].IsSuccess));
        Assert.Equal((late, false), (ended[1].CommandId, ended[1].IsSuccess));
        Assert.Equal(0, other.Reap(ended));
        Assert.True(other.TryFlush(fixture.Namespace, out _));
        other.Ring();
        Assert.Equal(1, other.Reap(ended));
        Assert.True(ended[0].IsSuccess);
    }

    [Fact]
    public void A_sleeper_is_woken_by_a_reset()
    {
        using var fixture = Open(WaitMode.Interrupt);
        fixture.Model.OnCommand = static command => command.IsIo(NvmOpcode.Flush) ? ModelFault.Hold : ModelFault.None;
        Assert.True(fixture.Queue.TryFlush(fixture.Namespace, out _));
        fixture.Queue.Ring();
        var ended = new CollectingHandler([]);
        using var asleep = new Barrier(2);
        var sleeper = new Thread(() =>
        {
            asleep.SignalAndWait();
            fixture.Queue.WaitAny(ref ended);
        });
        sleeper.Start();
        asleep.SignalAndWait();

        fixture.Controller.Reset();

        sleeper.Join();
        Assert.True(Assert.Single(ended.Ended).Status.Is(NvmeStatus.AbortedByHost));
        fixture.Model.OnCommand = null;
    }

    private static QueueFixture Open(WaitMode wait)
        => new(queue: new IoQueuePairOptions { Depth = 16, Wait = wait }, options: new NvmeControllerOptions { CommandTimeout = TimeSpan.FromSeconds(4) });

    /// <summary>Reads, until the device is lost for good: what had ended before is well, the rest is aborted, and nothing more is taken.</summary>
    private static void LoseAtBlock7(QueueFixture fixture, ModelFault fault)
    {
        HoldBlock(fixture, 7, fault);

        List<NvmeCompletion> ended = RunReads(fixture, 16);

        Assert.Equal(16, ended.Count);
        Assert.Equal(7, ended.Count(static completion => completion.IsSuccess));
        Assert.Equal(9, ended.Count(static completion => completion.Status.Is(NvmeStatus.AbortedByHost)));
        Assert.Equal(ControllerState.Removed, fixture.Controller.State);
        Assert.Equal(NvmeErrorKind.NotUsable, Assert.Throws<NvmeException>(() => fixture.Queue.TryFlush(fixture.Namespace, out _)).Kind);
    }

    /// <summary>Makes one command go wrong, once.</summary>
    private static void HoldBlock(QueueFixture fixture, ulong block, ModelFault fault)
    {
        bool done = false;
        fixture.Model.OnCommand = command =>
        {
            bool now = !done && command.IsIo(NvmOpcode.Read) && command.Block == block;
            done |= now;
            return now ? fault : ModelFault.None;
        };
    }

    private static List<NvmeCompletion> RunReads(QueueFixture fixture, int count, Action<NvmeCompletion>? watch = null)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(fixture.Queue.TryRead(fixture.Namespace, (ulong)i, 1, fixture.At(i * 4096), out _));
        }

        var ended = new CollectingHandler([], watch);
        using var done = new CancellationTokenSource();
        var time = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                fixture.Model.Clock.Advance(_step);
                Thread.Sleep(5);
            }
        });
        time.Start();
        try
        {
            while (fixture.Queue.InFlight > 0)
            {
                fixture.Queue.WaitAny(ref ended);
            }
        }
        finally
        {
            done.Cancel();
            time.Join();
        }

        Assert.Equal(count, ended.Ended.Select(static completion => completion.CommandId).Distinct().Count());
        return ended.Ended;
    }

    private static void AssertWorks(QueueFixture fixture)
    {
        var ended = new NvmeCompletion[2];
        Assert.Equal(0, fixture.Queue.Reap(ended));
        Assert.Equal(ControllerState.Ready, fixture.Controller.State);
        fixture.Data.AsSpan(0, 4096).Fill(0x5a);
        Assert.True(fixture.Queue.TryWrite(fixture.Namespace, 9, 1, fixture.At(0), out ushort command));
        Assert.True(fixture.End(command).IsSuccess);
        Assert.Equal(0x5a, fixture.Blocks.At(9, 1)[4095]);
    }

    private readonly struct CollectingHandler(List<NvmeCompletion> ended, Action<NvmeCompletion>? watch = null) : INvmeCompletionHandler
    {
        public List<NvmeCompletion> Ended => ended;

        public void Complete(in NvmeCompletion completion)
        {
            ended.Add(completion);
            watch?.Invoke(completion);
        }
    }
}
