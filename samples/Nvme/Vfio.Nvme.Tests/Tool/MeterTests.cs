using Spectre.Console;
using Vfio.Nvme.Tool.Output;

namespace Vfio.Nvme.Tests.Tool;

public sealed class MeterTests : IDisposable
{
    private readonly StringWriter _written = new();
    private readonly IAnsiConsole _terminal;

    public MeterTests() => _terminal = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(_written),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
    });

    public void Dispose() => _written.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_that_fails_throws_what_it_threw(bool onTerminal)
    {
        using var refused = new ManualResetEventSlim(initialState: !onTerminal);
        Task work = Task.Run(() =>
        {
            refused.Wait();
            throw new InvalidDataException("the drive said no");
        });

        Task showing = Task.Run(() => Meter.Show(onTerminal ? _terminal : null, "reading", work, () =>
        {
            // It fails while somebody is looking.
            refused.Set();
            return 0.5;
        }));

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => showing);
        Assert.Equal("the drive said no", error.Message);
    }

    [Fact]
    public async Task A_task_that_was_cancelled_says_so()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(
            () => Meter.Show(_terminal, "reading", Task.FromCanceled(new CancellationToken(canceled: true)), static () => 0)));
    }

    [Fact]
    public async Task It_draws_how_far_the_task_is_and_leaves_the_cursor_visible()
    {
        var work = new TaskCompletionSource();

        await Task.Run(() => Meter.Show(_terminal, "[reading]", work.Task, () =>
        {
            work.TrySetResult();
            return 0.5;
        }));

        string drawn = _written.ToString();
        Assert.Contains("[reading]", drawn, StringComparison.Ordinal);
        Assert.Contains("50%", drawn, StringComparison.Ordinal);
        Assert.True(drawn.LastIndexOf("\e[?25h", StringComparison.Ordinal) > drawn.LastIndexOf("\e[?25l", StringComparison.Ordinal));
    }
}
