using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a host says about its kernel: version, options, modules.</summary>
internal sealed class KernelFacts
{
    private readonly HostTree _tree;
    private KernelConfig? _config;
    private VariantDrivers? _variants;

    public KernelFacts(HostTree tree)
    {
        _tree = tree;
        Version = KernelVersion.Of(tree);
        CommandLine = new CommandLine(tree.ReadText("/proc/cmdline"));
    }

    public KernelVersion Version { get; }

    public CommandLine CommandLine { get; }

    public KernelConfig Config => _config ??= KernelConfig.Of(_tree, Version);

    /// <summary>The VFIO drivers for single families of devices that the kernel comes with.</summary>
    public VariantDrivers Variants => _variants ??= VariantDrivers.Of(_tree, Version);

    /// <summary>Whether modules can be seen at all.</summary>
    public bool SeesModules => _tree.Exists("/sys/module");

    /// <summary>Whether a module is loaded, or is part of the kernel and has parameters.</summary>
    public bool IsLoaded(string module) => _tree.Exists(ModulePath(module));

    /// <summary>A module's parameter.</summary>
    public HostFact<string> Parameter(string module, string name) => ParameterOf(_tree, module, name);

    /// <summary>Whether a module's parameter is on; null where it is not known.</summary>
    public bool? IsOn(string module, string name) => IsOn(_tree, module, name);

    /// <summary>Whether a module's parameter is on; null where it is not known.</summary>
    public static bool? IsOn(HostTree tree, string module, string name) => ParameterOf(tree, module, name).Value switch
    {
        "Y" or "y" or "1" => true,
        "N" or "n" or "0" => false,
        _ => null,
    };

    /// <summary>The folder of a module.</summary>
    public static string ModulePath(string module) => $"/sys/module/{module}";

    private static HostFact<string> ParameterOf(HostTree tree, string module, string name) => tree.ReadText($"{ModulePath(module)}/parameters/{name}");
}
