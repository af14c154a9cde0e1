using System.Globalization;
using System.Runtime.InteropServices;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>The version of a host's kernel, which decides by which rules it goes.</summary>
internal sealed class KernelVersion
{
    private readonly (int Major, int Minor)? _number;

    private KernelVersion(HostFact<string> release, string? architecture)
    {
        Release = release;
        Architecture = architecture;
        _number = Parse(release.Value);
    }

    /// <summary>The release, such as <c>6.12.48-amd64</c>.</summary>
    public HostFact<string> Release { get; }

    /// <summary>The machine, such as <c>x86_64</c>, or null where it is not known.</summary>
    public string? Architecture { get; }

    /// <summary>Whether the version is known at all.</summary>
    public bool IsKnown => _number is not null;

    /// <summary>Whether the machine is a PC, as far as is known.</summary>
    public bool IsX86 => Architecture is null or "x86_64" or "i386" or "i486" or "i586" or "i686";

    public static KernelVersion Of(HostTree tree)
    {
        // One line as from `uname -srm` in a captured tree; a host has no such file.
        string[] words = tree.IsLocal ? [] : (tree.ReadText("/uname").Value ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        HostFact<string> release = words.Length >= 2
            ? new HostFact<string>(FactState.Known, words[1], "/uname", string.Join(' ', words), null)
            : tree.ReadText("/proc/sys/kernel/osrelease");
        if (!tree.IsLocal && !release.IsKnown)
        {
            release = release with { Path = "/uname" };
        }

        return new KernelVersion(release, words.Length >= 3 ? words[2] : tree.IsLocal ? LocalArchitecture() : null);
    }

    /// <summary>Whether the kernel is of this version or newer; true where the version is not known.</summary>
    public bool IsAtLeast(int major, int minor) => _number is not { } number || number.CompareTo((major, minor)) >= 0;

    private static string LocalArchitecture() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.X86 => "i686",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString(),
    };

    private static (int Major, int Minor)? Parse(string? release)
    {
        string[] parts = (release ?? string.Empty).Split('.', '-', '+', '~');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
            ? (major, minor)
            : null;
    }
}
