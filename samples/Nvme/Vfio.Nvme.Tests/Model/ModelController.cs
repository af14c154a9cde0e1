using Vfio.Core;

namespace Vfio.Nvme.Tests.Model;

/// <summary>
/// An NVMe controller in memory. It executes commands when a doorbell is written, or, once <see cref="Start"/> was called, in a thread of
/// its own; and it misbehaves as <see cref="OnCommand"/> says.
/// </summary>
internal sealed partial class ModelController : INvmeFunction
{
    private readonly Lock _gate = new();
    private readonly List<ModelInterrupt> _interrupts = [];
    private readonly Dictionary<int, ModelQueue> _submissions = [];
    private readonly Dictionary<int, ModelQueue> _completions = [];
    private readonly List<ModelCommand> _held = [];
    private readonly HashSet<(int Queue, ushort Command)> _firm = [];
    private Thread? _thread;
    private volatile bool _stop;

    public ModelController(params ModelNamespace[] namespaces)
    {
        Namespaces = namespaces.Length > 0 ? [.. namespaces] : [new ModelNamespace(1, 4096, 1024)];
        Registers = new ModelRegisters(this);
    }

    public string Name => "model";

    public IRegisterAccess Registers { get; }

    public ModelBus Bus { get; } = new();

    public ModelClock Clock { get; } = new();

    public List<ModelNamespace> Namespaces { get; }

    public int VectorCount { get; init; } = 9;

    public IReadOnlyList<ModelInterrupt> Interrupts => _interrupts;

    public bool IsDisposed { get; private set; }

    public int FunctionResets { get; private set; }

    /// <summary>Whether a function reset can be done.</summary>
    public bool CanReset { get; set; } = true;

    /// <summary>How the model is driven in tests: by its own time.</summary>
    public NvmeControllerOptions Options => new() { Clock = Clock, ShadowDoorbells = HasShadows };

    public NvmeMemory Allocate(long length) => Bus.Allocate(length);

    public bool TryGetIova(nint address, long length, out Iova iova) => Bus.TryGetIova(address, length, out iova);

    public IReadOnlyList<INvmeInterrupt> EnableInterrupts(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _interrupts.Add(new ModelInterrupt());
        }

        return _interrupts;
    }

    public void StartDma() => Bus.IsMaster = true;

    public void StopDma() => Bus.IsMaster = false;

    public bool TryReset()
    {
        lock (_gate)
        {
            FunctionResets++;
            if (!CanReset || _isGone || _silence?.Kind == VfioErrorKind.DeviceGone)
            {
                return false;
            }

            _silence = null;

            StuckUntilReset = ModelStuck.No;
            Forget();
            _configuration = 0;
            _status = 0;
            return true;
        }
    }

    /// <summary>Executes in a thread of its own from here on.</summary>
    public void Start()
    {
        _thread = new Thread(() =>
        {
            while (!_stop)
            {
                lock (_gate)
                {
                    ExecuteAll();
                }

                Thread.Yield();
            }
        })
        { IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        IsDisposed = true;
        _stop = true;
        _thread?.Join();
        _interrupts.ForEach(static interrupt => interrupt.Dispose());
    }
}
