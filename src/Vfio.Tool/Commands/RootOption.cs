using System.CommandLine;
using Vfio.Core;

namespace Vfio.Tool.Commands;

/// <summary>The option that reads a captured host in place of this one.</summary>
internal static class RootOption
{
    public const string Name = "--root";

    public static Option<string?> Create() => new(Name)
    {
        HelpName = "DIR",
        Description = "Read the host that was captured in this folder, as vfio capture writes it, instead of this one.",
    };

    /// <summary>The host that is meant.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static PciHost Host(string? folder) => new(folder is null ? HostTree.Local : HostTree.At(folder));
}
