namespace Vfio.Core;

/// <summary>The machine that devices are opened on: its kernel, its files, and what of both this process has open.</summary>
internal sealed class VfioHost
{
    private EventLoop? _eventLoop;
    private object? _eventLoopGate;

    public VfioHost(IVfioKernel kernel, HostPaths paths, string? preference = null)
    {
        Kernel = kernel;
        Paths = paths;
        Preference = preference;
        Pci = new SysfsPci(paths);
        Iommufds = new IommufdContexts(this);
    }

    /// <summary>The machine that this process runs on.</summary>
    public static VfioHost Local { get; } = new(
        LinuxKernel.Instance, HostPaths.Root, Environment.GetEnvironmentVariable(VfioBackendName.Variable));

    public IVfioKernel Kernel { get; }

    public HostPaths Paths { get; }

    /// <summary>The back end that the user's environment asks for, or null.</summary>
    public string? Preference { get; }

    public SysfsPci Pci { get; }

    /// <summary>The loop that asynchronous waits share, started at the first use.</summary>
    /// <exception cref="VfioException">It could not be started; the next use tries again.</exception>
    public EventLoop EventLoop => LazyInitializer.EnsureInitialized(ref _eventLoop, ref _eventLoopGate, () => new EventLoop(Kernel));

    public GroupRegistry Groups { get; } = new();

    public IommufdContexts Iommufds { get; }

    public OpenFunctions OpenFunctions { get; } = new();

    /// <summary>Whether the kernel gives devices nodes of their own. It says so once VFIO is loaded.</summary>
    public bool HasDeviceNodes
        => SysfsFile.ReadText(Paths.CharacterDevices)?.Split('\n').Any(static line => line.EndsWith(" vfio-dev", StringComparison.Ordinal)) == true;
}
