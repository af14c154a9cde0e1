namespace Vfio.Core;

/// <summary>Follows links inside a folder that stands for a root, as the kernel would after chroot: nothing leads out of it.</summary>
/// <remarks>Remembers what each name led to. Not thread-safe.</remarks>
internal sealed class TreeLinks(string root)
{
    // As many as the kernel follows on one path before it says ELOOP.
    private const int MaxLinks = 40;

    private readonly Dictionary<string, string?> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _targets = new(StringComparer.Ordinal);

    /// <summary>The path that all links on the way are replaced in, whether it exists or not; null where links go in circles.</summary>
    /// <param name="path">A path from the root, beginning with a slash.</param>
    /// <param name="followLast">Whether the last name is followed if it is a link.</param>
    public string? Resolve(string path, bool followLast)
    {
        // Most paths are to one of many files in a folder, and so the way to it is walked once.
        int slash = path.LastIndexOf('/');
        if (slash <= 0 || path[(slash + 1)..] is not { Length: > 0 } name || name is "." or "..")
        {
            return Walk(path, followLast);
        }

        string folder = path[..slash];
        if (!_folders.TryGetValue(folder, out string? place))
        {
            place = Walk(folder, followLast: true);
            _folders.Add(folder, place);
        }

        if (place is null)
        {
            return null;
        }

        string candidate = place == "/" ? $"/{name}" : $"{place}/{name}";
        return followLast && Target(candidate) is not null ? Walk(path, followLast) : candidate;
    }

    /// <summary>The text of a link, or null where there is none. All links ahead of it have been followed.</summary>
    public string? Target(string path)
    {
        if (!_targets.TryGetValue(path, out string? target))
        {
            target = new FileInfo(root + path).LinkTarget;
            _targets.Add(path, target);
        }

        return target;
    }

    private string? Walk(string path, bool followLast)
    {
        var waiting = new Stack<string>();
        Push(waiting, path);
        var names = new List<string>();
        int links = 0;
        while (waiting.TryPop(out string? name))
        {
            if (name == "..")
            {
                if (names.Count > 0)
                {
                    names.RemoveAt(names.Count - 1);
                }

                continue;
            }

            string candidate = Join(names, name);
            if ((waiting.Count > 0 || followLast) && Target(candidate) is { } target)
            {
                if (++links > MaxLinks)
                {
                    return null;
                }

                if (target.StartsWith('/'))
                {
                    names.Clear();
                }

                Push(waiting, target);
                continue;
            }

            names.Add(name);
        }

        return Join(names, string.Empty);
    }

    private static void Push(Stack<string> waiting, string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (names[i] != ".")
            {
                waiting.Push(names[i]);
            }
        }
    }

    private static string Join(List<string> names, string last)
    {
        string folder = names.Count == 0 ? string.Empty : "/" + string.Join('/', names);
        return last.Length == 0 ? (folder.Length == 0 ? "/" : folder) : $"{folder}/{last}";
    }
}
