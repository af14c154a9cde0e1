using Vfio.Core;

namespace Vfio.Tool.Bench.Irq;

/// <summary>A thread that blocks in <see cref="Interrupt.TryWait(TimeSpan, out ulong)"/>.</summary>
internal sealed class BlockingWaiter : IrqWaiter
{
    // Only for its end: a wait that is woken is not prolonged by it.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private readonly Interrupt _interrupt;
    private readonly Thread _thread;

    public BlockingWaiter(Interrupt interrupt)
    {
        _interrupt = interrupt;
        _thread = new Thread(Loop) { Name = "bench irq", IsBackground = true };
    }

    /// <inheritdoc/>
    public override string Name => "blocking";

    /// <inheritdoc/>
    public override void Start() => _thread.Start();

    /// <inheritdoc/>
    protected override void End() => _thread.Join();

    private void Loop()
    {
        try
        {
            while (!IsStopped)
            {
                Arm();
                while (!IsStopped)
                {
                    if (_interrupt.TryWait(_patience, out _))
                    {
                        Wake();
                        break;
                    }
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown again where somebody waits for it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(error);
        }
    }
}
