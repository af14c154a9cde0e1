using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The machine on which functions are moved. Tests put one of their own in its place.</summary>
internal sealed class HandoverSite
{
    private const string RecordsPath = "run/vfio-sdk/bindings";

    /// <summary>This machine.</summary>
    public static HandoverSite Local { get; } = new("/", static () => HostTree.Local)
    {
        IsOpenHere = static address => VfioHost.Local.OpenFunctions.Contains(address.ToString()),
    };

    /// <summary>A machine whose files are below a root.</summary>
    /// <param name="root">The root.</param>
    /// <param name="tree">Gives the same files anew, as they are at that moment.</param>
    public HandoverSite(string root, Func<HostTree> tree)
    {
        Tree = tree;
        Paths = new HostPaths(root);
        Pci = new SysfsPci(Paths);
        RecordFolder = Path.Combine(root, RecordsPath);
    }

    /// <summary>Gives its files as they are at that moment.</summary>
    public Func<HostTree> Tree { get; }

    /// <summary>Where its files are.</summary>
    public HostPaths Paths { get; }

    /// <summary>Which driver has a function at that moment.</summary>
    public SysfsPci Pci { get; }

    /// <summary>Where it is written down what functions had.</summary>
    public string RecordFolder { get; }

    /// <summary>What the machine uses its functions for.</summary>
    public Func<PciHost, IHostUses> Uses { get; init; } = static host => new HostUses(host);

    /// <summary>Writes to sysfs, within a time limit.</summary>
    public Func<TimeSpan, ISysfsWriter> Writer { get; init; } = static limit => new SysfsWriterProcess(limit);

    /// <summary>Loads a module of the kernel within a time limit, and gives what was said against it.</summary>
    public Func<string, TimeSpan, string> LoadModule { get; init; } = KernelModule.Load;

    /// <summary>Whether this process has a function open through the library.</summary>
    public Func<PciAddress, bool> IsOpenHere { get; init; } = static _ => false;

    /// <summary>Its PCI as it is at that moment.</summary>
    public PciHost ReadHost() => new(Tree());

    /// <summary>What the running kernel calls this start of the machine; null where it does not say.</summary>
    public string? BootId() => Tree().ReadText("/proc/sys/kernel/random/boot_id").Value is { Length: > 0 } id ? id : null;

    /// <summary>Moves functions within a time limit for each step.</summary>
    public FunctionMover Mover(TimeSpan timeout)
        => new(this, new SysfsBinder(Paths, Pci, Writer(timeout), name => LoadModule(name, timeout)));
}
