using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a host uses its functions for, as its files in sysfs and procfs say, of this host or of a captured one.</summary>
/// <remarks>
/// <para>Reads only, and opens no device. Mounts, swap, routes and open nodes are read once, when they are first needed; it is
/// a snapshot like the <see cref="PciHost"/> that it belongs to. What is missing or makes no sense is no use, and is in
/// <see cref="Unknown"/> where it could hide one. Nothing here throws for what a host says.</para>
/// <para>Other users' open files need privilege (<c>CAP_SYS_PTRACE</c>); everything else needs none. Not thread-safe.</para>
/// </remarks>
public sealed class HostUses : IHostUses
{
    private readonly HostTree _tree;
    private readonly UnknownFacts _unknown = new();
    private readonly Dictionary<PciAddress, IReadOnlyList<FunctionUse>> _found = [];
    private readonly RouteUses _routes;
    private readonly InputUses _inputs;
    private readonly ProcessUses _processes;
    private readonly ClassIndex _index;
    private readonly BlockMap _blocks;
    private StorageUsers? _storage;
    private Consoles? _consoles;
    private TextConsoles? _texts;

    /// <summary>The uses of a host's functions.</summary>
    public HostUses(PciHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _tree = host.Tree;
        _index = new ClassIndex(_tree);
        _blocks = new BlockMap(_tree, _index);
        _routes = new RouteUses(_tree, new InterfaceMap(_tree, _index));
        _inputs = new InputUses(_tree);
        _processes = new ProcessUses(_tree);
    }

    /// <inheritdoc/>
    public IReadOnlyList<UnknownFact> Unknown => _unknown.All;

    /// <inheritdoc/>
    /// <remarks>Critical uses come first. What is behind a bridge is asked for by itself, and so are virtual functions.</remarks>
    public IReadOnlyList<FunctionUse> FindUses(PciFunction device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (!_found.TryGetValue(device.Address, out IReadOnlyList<FunctionUse>? uses))
        {
            uses = [.. Find(device).OrderByDescending(static use => use.IsCritical)];
            _found.Add(device.Address, uses);
        }

        return uses;
    }

    private IEnumerable<FunctionUse> Find(PciFunction device)
    {
        FunctionDevices devices = FunctionDevices.Of(device, _index, _unknown);
        var stack = new BlockStack(_blocks, devices);
        _consoles ??= new Consoles(_tree);
        _texts ??= new TextConsoles(_tree, _index);
        return (stack.Own.Count == 0 ? [] : StorageUses.Find(stack, _storage ??= new StorageUsers(_blocks), _unknown))
            .Concat(_routes.Find(devices, _unknown))
            .Concat(_processes.Find(devices, stack, _consoles.Nodes, _unknown))
            .Concat(ChipsetUses.Find(device))
            .Concat(DisplayUses.Find(_tree, devices))
            .Concat(_texts.Find(devices))
            .Concat(_consoles.Find(devices))
            .Concat(_inputs.Find(devices))
            .Concat(SoundUses.Find(_tree, devices));
    }
}
