using System.Runtime.InteropServices;
using Vfio.Nvme.Tool.Sessions;

namespace Vfio.Nvme.Tests.Tool;

public sealed class InterruptionTests
{
    [Theory]
    [InlineData(PosixSignal.SIGHUP, 129)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public void The_first_signal_ends_the_work_and_the_second_the_process(PosixSignal signal, int exitCode)
    {
        using var interruption = new Interruption();
        var first = new PosixSignalContext(signal);
        var second = new PosixSignalContext(PosixSignal.SIGINT);
        Assert.False(interruption.Token.IsCancellationRequested);

        interruption.Take(first);
        interruption.Take(second);

        Assert.True(first.Cancel);
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.False(second.Cancel);
        Assert.Equal(exitCode, interruption.ExitCode);
    }

    [Fact]
    public void Signals_that_are_held_off_do_nothing_and_are_told_of_once()
    {
        var said = new List<string>();
        using var hold = new SignalHold(said.Add, "not now");
        Assert.Empty(said);

        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            var context = new PosixSignalContext(signal);
            hold.Take(context);
            Assert.True(context.Cancel);
        }

        Assert.Equal(["not now"], said);
    }

    [Fact]
    public void A_command_that_was_interrupted_ends_with_the_code_of_the_signal()
    {
        int exitCode = Interruption.Run(static interruption =>
        {
            interruption.Take(new PosixSignalContext(PosixSignal.SIGTERM));
            interruption.Token.ThrowIfCancellationRequested();
            return 0;
        });

        Assert.Equal(143, exitCode);
        Assert.Throws<OperationCanceledException>(static () => Interruption.Run(static _ => throw new OperationCanceledException()));
    }
}
