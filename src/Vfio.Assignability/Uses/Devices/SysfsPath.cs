using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Paths in the tree of devices.</summary>
internal static class SysfsPath
{
    /// <summary>What a link's text leads to from where the link is, whether anything is there or not.</summary>
    public static string Follow(string link, string target)
        => target.Contains('\0', StringComparison.Ordinal) ? link : Path.GetFullPath(target, Path.GetDirectoryName(link) ?? "/");

    /// <summary>The PCI functions on a path, from the root down.</summary>
    public static IEnumerable<PciAddress> Functions(string path)
    {
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            // A name that is not as the kernel writes it is none of the kernel's.
            if (PciAddress.TryParse(name, out PciAddress address) && address.ToString() == name)
            {
                yield return address;
            }
        }
    }

    /// <summary>The name of the folder that a path is in.</summary>
    public static string ParentName(string path) => Path.GetFileName(Path.GetDirectoryName(path) ?? string.Empty);
}
