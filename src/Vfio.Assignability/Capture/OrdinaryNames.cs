using System.Text.RegularExpressions;

namespace Vfio.Assignability;

/// <summary>Tells the names that a kernel or a distribution gives from those that somebody chose, or that hold an address.</summary>
internal static partial class OrdinaryNames
{
    // These patterns take little time whatever they are given. A limit would be met by a slow machine only.
    private const int NoLimit = Timeout.Infinite;

    // Where distributions mount things.
    private static readonly HashSet<string> _mountPoints = new(StringComparer.Ordinal)
    {
        "/", "/boot", "/boot/efi", "/boot/firmware", "/dev", "/dev/hugepages", "/dev/mqueue", "/dev/pts", "/dev/shm", "/efi", "/gnu", "/gnu/store",
        "/home", "/media", "/mnt", "/nix", "/nix/store", "/opt", "/persist", "/proc", "/root", "/run", "/srv", "/swap", "/sys", "/sysroot", "/tmp", "/usr",
        "/usr/local", "/var", "/var/cache", "/var/lib", "/var/lib/docker", "/var/lib/libvirt", "/var/lib/libvirt/images", "/var/log", "/var/tmp",
    };

    /// <summary>Whether an interface's name says no more than what and where it is. Names made of a MAC address do.</summary>
    public static bool IsInterface(string name) => Interface().IsMatch(name);

    /// <summary>Whether a block device's name is one of the kernel's own.</summary>
    public static bool IsBlock(string name) => Block().IsMatch(name);

    public static bool IsMountPoint(string path) => _mountPoints.Contains(path);

    /// <summary>Whether a name may hold a UUID, a MAC address or another long number of one thing alone.</summary>
    public static bool IsUnique(string name) => Unique().IsMatch(name);

    /// <summary>Whether it is a name that a file system's driver may have.</summary>
    public static bool IsFileSystem(string name) => FileSystem().IsMatch(name);

    [GeneratedRegex(
        """
        ^(lo
        |(eth|wlan|wwan|usb|ib|br|bond|team|tun|tap|veth|virbr|vnet|docker|vmbr|dummy|ovs|sit|ip6tnl|tunl|gre|vlan)[0-9]{1,4}
        |(en|ib|sl|wl|ww)(P[0-9]{1,4})?(o[0-9]{1,4}|s[0-9]{1,4}|p[0-9]{1,4}s[0-9]{1,4}|c[0-9a-f]{1,4})((f|d|n|np|v|r|u|i|c|p)[0-9]{1,4}|npf[0-9]{1,2}vf[0-9]{1,3})*
        )\z
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        NoLimit)]
    private static partial Regex Interface();

    [GeneratedRegex(
        """
        ^(
        (sd|vd|xvd|hd|ubd)[a-z]{1,3}[0-9]{0,3}
        |nvme[0-9]{1,4}(c[0-9]{1,4})?n[0-9]{1,4}(p[0-9]{1,3})?
        |(mmcblk|loop|nbd|md|md_d|pmem|bcache|drbd|rbd|zd|dasd)[0-9]{1,5}(p[0-9]{1,3}|boot[0-9]|rpmb|s)?
        |(dm-|zram|ram|sr|fd|mtdblock)[0-9]{1,5}
        )\z
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        NoLimit)]
    private static partial Regex Block();

    [GeneratedRegex(
        """
        [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
        |([0-9a-f]{2}[:-]){5}[0-9a-f]{2}
        |(?<![0-9a-z])(0x)?[0-9a-f]{12,}(?![0-9a-z])
        |nqn\.|iqn\.|eui\.|naa\.|uuid\.|wwn-
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        NoLimit)]
    private static partial Regex Unique();

    [GeneratedRegex("""^[a-z0-9_]{2,16}\z""", RegexOptions.CultureInvariant, NoLimit)]
    private static partial Regex FileSystem();
}
