namespace Vfio.Assignability;

/// <summary>The tables of mounts and of swap, with what is on block devices, and no names but those that all hosts share.</summary>
internal sealed class MountFilter(PrivateNames names)
{
    private static readonly HashSet<string> _options = new(StringComparer.Ordinal)
    {
        "acl", "attr2", "dev", "discard", "errors=continue", "errors=panic", "errors=remount-ro", "exec", "inode64", "lazytime", "noatime", "nodev",
        "nodiratime", "noexec", "noquota", "norelatime", "nosuid", "relatime", "ro", "rw", "ssd", "strictatime", "suid", "sync", "user_xattr",
    };

    // What these are mounted from need not be a node.
    private static readonly HashSet<string> _onDevices = new(StringComparer.Ordinal) { "bcachefs", "btrfs", MountSources.Zfs };

    private const string DevPath = "/dev/";

    private readonly Dictionary<string, string> _points = new(StringComparer.Ordinal);

    /// <summary><c>/proc/mounts</c>: source, mount point, kind, options, two numbers.</summary>
    public string Filter(string text)
    {
        var lines = new List<string>();
        foreach (string line in TextLines.Of(text))
        {
            if (line.Split(' ') is [var source, var point, var kind, var options, var dump, var pass] && IsWanted(source, point, kind, "0:0"))
            {
                lines.Add($"{Source(source, kind)} {Point(point)} {Kind(kind)} {Options(options)} {dump} {pass}");
            }
        }

        return TextLines.Join(lines);
    }

    /// <summary><c>mountinfo</c>: id, parent's id, device number, root, mount point, options, more of them, a dash, kind, source, options.</summary>
    public string FilterInfo(string text)
    {
        var lines = new List<string>();
        foreach (string line in TextLines.Of(text))
        {
            string[] words = line.Split(' ');
            int dash = Array.IndexOf(words, "-", Math.Min(6, words.Length));
            if (dash > 0 && words.Length >= dash + 4 && IsWanted(words[dash + 2], words[4], words[dash + 1], words[2]))
            {
                string kind = words[dash + 1];
                lines.Add(
                    $"{words[0]} {words[1]} {words[2]} / {Point(words[4])} {Options(words[5])} - {Kind(kind)} {Source(words[dash + 2], kind)} {Options(words[dash + 3])}");
            }
        }

        return TextLines.Join(lines);
    }

    /// <summary><c>/proc/swaps</c>: file, kind, size, used, priority.</summary>
    public string FilterSwaps(string text)
    {
        var lines = new List<string>();
        foreach (string line in TextLines.Of(text))
        {
            string[] words = TextLines.Words(line);
            if (words.Length < 5)
            {
                continue;
            }

            if (words[1] == "Type")
            {
                lines.Add(line);
            }
            else
            {
                words[0] = words[0].StartsWith(DevPath, StringComparison.Ordinal) ? names.Node(words[0]) : SwapFile(words[0]);
                lines.Add(string.Join('\t', words));
            }
        }

        return TextLines.Join(lines);
    }

    // Numbers whose first part is zero are of what has no device.
    private static bool IsWanted(string source, string point, string kind, string number) => point == "/"
        || source.StartsWith(DevPath, StringComparison.Ordinal)
        || _onDevices.Contains(kind)
        || !number.StartsWith("0:", StringComparison.Ordinal);

    private string Point(string point)
    {
        string decoded = OctalText.Read(point);
        string named = names.MountPoint(decoded);
        _points[decoded] = named;
        return named;
    }

    // One that is on several disks may name all of them.
    private string Source(string source, string kind) => kind == MountSources.Zfs ? names.Pool(source.Split('/')[0])
        : source.StartsWith(DevPath, StringComparison.Ordinal) ? string.Join(':', source.Split(':').Select(names.Node))
        : source == kind || source == "rootfs" ? source
        : "none";

    // A driver in user space is called as its author liked.
    private static string Kind(string kind) => OrdinaryNames.IsFileSystem(kind) ? kind : kind.StartsWith("fuse", StringComparison.Ordinal) ? "fuse" : "other";

    private string Options(string options) => string.Join(',', options.Split(',').Select(Option).OfType<string>().DefaultIfEmpty("rw"));

    // Some name another disk.
    private string? Option(string option) => _options.Contains(option) ? option
        : option.Split('=', 2) is ["logdev" or "rtdev" or "journal_path", var node] && node.StartsWith(DevPath, StringComparison.Ordinal)
            ? $"{option[..option.IndexOf('=', StringComparison.Ordinal)]}={names.Node(node)}"
        : null;

    // A file stands for the file system that it is on.
    private string SwapFile(string file)
    {
        string path = OctalText.Read(file);
        string? point = _points.Keys
            .Where(point => point == "/" || path.StartsWith(point + "/", StringComparison.Ordinal))
            .MaxBy(static point => point.Length);
        return point is null ? "/swapfile" : $"{_points[point].TrimEnd('/')}/swapfile";
    }
}
