using System.Text.RegularExpressions;

namespace Vfio.Assignability;

/// <summary>What the names of block devices say by themselves.</summary>
internal static partial class BlockNames
{
    private static readonly char[] Digits = [.. "0123456789"];

    /// <summary>Whether it is a namespace of NVMe or a partition of one, or a path to one.</summary>
    public static bool IsNamespace(string name) => Namespace().IsMatch(name);

    /// <summary>The namespace that a path leads to where NVMe has several paths: <c>nvme0n1</c> for <c>nvme0c1n1</c>; null for other names.</summary>
    public static string? HeadOf(string name)
        => Namespace().Match(name) is { Success: true } match && match.Groups["path"].Success ? match.Groups["subsystem"].Value + match.Groups["number"].Value : null;

    /// <summary>The name of LVM's volume in the device mapper, where hyphens are doubled: <c>vg--a-home</c> for <c>vg-a/home</c>.</summary>
    public static string MapperName(string group, string volume)
        => $"{group.Replace("-", "--", StringComparison.Ordinal)}-{volume.Replace("-", "--", StringComparison.Ordinal)}";

    /// <summary>The disk that a name is a partition of by its looks: <c>sda</c> for <c>sda1</c>, <c>md0</c> for <c>md0p1</c>; null for others.</summary>
    public static string? DiskOf(string name)
    {
        string disk = name.TrimEnd(Digits);
        return disk.Length is 0 || disk.Length == name.Length ? null
            : disk[^1] == 'p' && disk.Length > 1 && char.IsAsciiDigit(disk[^2]) ? disk[..^1]
            : disk;
    }

    [GeneratedRegex(@"^(?<subsystem>nvme\d+)(?<path>c\d+)?(?<number>n\d+)(p\d+)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, Timeout.Infinite)]
    private static partial Regex Namespace();
}
