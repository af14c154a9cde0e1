using Vfio.Core;

namespace Vfio.Tool.Bench.Irq;

/// <summary>A task that awaits <see cref="Interrupt.WaitAsync"/>.</summary>
internal sealed class AsyncWaiter(Interrupt interrupt) : IrqWaiter, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _task = Task.CompletedTask;

    /// <inheritdoc/>
    public override string Name => "async";

    /// <inheritdoc/>
    public override void Start() => _task = Task.Run(LoopAsync);

    public void Dispose() => _end.Dispose();

    /// <inheritdoc/>
    protected override void End()
    {
        _end.Cancel();
        _task.Wait();
    }

    private async Task LoopAsync()
    {
        try
        {
            while (!IsStopped)
            {
                Arm();
                await interrupt.WaitAsync(_end.Token);
                Wake();
            }
        }
        catch (OperationCanceledException) when (IsStopped)
        {
            // That is how it ends.
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown again where somebody waits for it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(error);
        }
    }
}
