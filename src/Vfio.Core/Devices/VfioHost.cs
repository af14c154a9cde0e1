namespace Vfio.Core;

/// <summary>The machine that devices are opened on: its kernel, its files, and the groups that this process has open.</summary>
internal sealed class VfioHost(IVfioKernel kernel, HostPaths paths)
{
    private readonly Lazy<EventLoop> _eventLoop = new(() => new EventLoop(kernel));

    /// <summary>The machine that this process runs on.</summary>
    public static VfioHost Local { get; } = new(LinuxKernel.Instance, HostPaths.Root);

    public IVfioKernel Kernel { get; } = kernel;

    public HostPaths Paths { get; } = paths;

    public SysfsPci Pci { get; } = new(paths);

    /// <summary>The loop that asynchronous waits share, started at the first use.</summary>
    public EventLoop EventLoop => _eventLoop.Value;

    public GroupRegistry Groups { get; } = new();
}
