namespace Vfio.Core;

/// <summary>The machine that devices are opened on: its kernel, its files, and the groups that this process has open.</summary>
internal sealed class VfioHost(IVfioKernel kernel, HostPaths paths)
{
    private EventLoop? _eventLoop;
    private object? _eventLoopGate;

    /// <summary>The machine that this process runs on.</summary>
    public static VfioHost Local { get; } = new(LinuxKernel.Instance, HostPaths.Root);

    public IVfioKernel Kernel { get; } = kernel;

    public HostPaths Paths { get; } = paths;

    public SysfsPci Pci { get; } = new(paths);

    /// <summary>The loop that asynchronous waits share, started at the first use.</summary>
    /// <exception cref="VfioException">It could not be started; the next use tries again.</exception>
    public EventLoop EventLoop => LazyInitializer.EnsureInitialized(ref _eventLoop, ref _eventLoopGate, () => new EventLoop(Kernel));

    public GroupRegistry Groups { get; } = new();

    public OpenFunctions OpenFunctions { get; } = new();
}
