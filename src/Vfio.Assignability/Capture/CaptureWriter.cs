using System.Text;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Writes files and links of a host into a captured tree, under names that give nothing away.</summary>
internal sealed class CaptureWriter(HostTree source, string folder, PrivateNames names)
{
    // Longer than any attribute, and than the lists of procfs on large machines.
    private const int MaxLength = 16 << 20;

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly SortedDictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _entries = new(StringComparer.Ordinal);

    public HostTree Source { get; } = source;

    public PrivateNames Names { get; } = names;

    public int Files { get; private set; }

    public int Links { get; private set; }

    /// <summary>What could not be read, under the names of the tree.</summary>
    public IReadOnlyList<UnreadablePath> Unreadable => [.. _unreadable.Select(static entry => new UnreadablePath(entry.Key, entry.Value))];

    /// <summary>A file as it is.</summary>
    public void Copy(string path)
    {
        if (Read(path) is { } bytes)
        {
            Write(path, bytes);
        }
    }

    /// <summary>A file of which only part is taken, or which is changed on the way.</summary>
    /// <param name="path">The file.</param>
    /// <param name="filter">Gives what is written; null for nothing at all.</param>
    public void CopyText(string path, Func<string, string?> filter)
    {
        if (Read(path) is { } bytes && filter(Encoding.UTF8.GetString(bytes)) is { } text)
        {
            Write(path, text);
        }
    }

    /// <summary>The bytes of a file; null where there is none, and where it cannot be read, which is noted.</summary>
    public byte[]? Read(string path)
    {
        HostFact<byte[]> bytes = Source.ReadBytes(path, MaxLength);
        if (bytes.IsUnknown)
        {
            NoteUnreadable(path, bytes.Problem, isFolder: false);
        }

        return bytes.Value;
    }

    /// <summary>The lines of a file; none where there is none.</summary>
    public IEnumerable<string> ReadLines(string path) => Read(path) is { } bytes ? TextLines.Of(Encoding.UTF8.GetString(bytes)) : [];

    /// <summary>The names in a folder, which is made too; none where there is no such folder, and where it cannot be read, which is noted.</summary>
    public IReadOnlyList<string> Folder(string path)
    {
        HostFact<IReadOnlyList<string>> list = Source.List(path);
        if (list.State == FactState.Absent)
        {
            return [];
        }

        if (!list.IsKnown)
        {
            NoteUnreadable(path, list.Problem, isFolder: true);
            return [];
        }

        return MakeFolder(Names.Path(path)) is null ? [] : list.Value;
    }

    public void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        if (Place(path) is not { } file)
        {
            return;
        }

        File.WriteAllBytes(file, bytes);
        File.SetUnixFileMode(file, FileMode);
        Files++;
    }

    /// <summary>An empty file in the place of one that is there, and that is not for reading.</summary>
    public void Presence(string path)
    {
        if (Source.Exists(path))
        {
            Write(path, []);
        }
    }

    /// <summary>A link of sysfs, relative as the kernel has them. It may lead to what is not captured, but not to a name that is unique.</summary>
    /// <returns>Whether it is one.</returns>
    public bool Link(string path)
    {
        if (Source.ReadLink(path).Value is not { } target)
        {
            return false;
        }

        string from = System.IO.Path.GetDirectoryName(path)!;
        string to = System.IO.Path.GetFullPath(System.IO.Path.Combine(from, target));
        if (to.StartsWith("/sys/", StringComparison.Ordinal) && !IsPrivate(Names.Path(to)))
        {
            LinkTo(path, Names.Path(to));
        }

        return true;
    }

    /// <summary>A link from a path of the host to one of the tree.</summary>
    public void LinkTo(string path, string target)
    {
        string from = System.IO.Path.GetDirectoryName(Names.Path(path))!;
        LinkText(path, System.IO.Path.GetRelativePath(from, target));
    }

    /// <summary>A link with a text that need not be a path, as those of open descriptors.</summary>
    public void LinkText(string path, string text)
    {
        if (!text.Contains('\0') && Place(path) is { } file)
        {
            _ = File.CreateSymbolicLink(file, text);
            Links++;
        }
    }

    public void NoteUnreadable(string path, string? problem, bool isFolder)
    {
        string named = Names.Path(path);
        if (IsPrivate(named) || !_unreadable.TryAdd(named, problem ?? string.Empty))
        {
            return;
        }

        if (isFolder)
        {
            _ = MakeFolder(named);
        }
        else
        {
            Write(path, []);
        }
    }

    /// <summary>The list that makes <see cref="HostTree"/> call these unknown.</summary>
    public void WriteUnreadable()
    {
        if (_unreadable.Count > 0)
        {
            Write($"/{HostTree.UnreadableList}", string.Concat(_unreadable.Select(static entry => $"{entry.Key}\t{entry.Value}\n")));
        }
    }

    private static bool IsPrivate(string named) => named.Any(char.IsControl)
        || (OrdinaryNames.IsUnique(named) && !PrivateNames.IsNamedByUuid(named));

    // Where something is written; null where something has been already, or where its name is not for writing.
    private string? Place(string path)
    {
        string named = Names.Path(path);
        if (IsPrivate(named) || _folders.Contains(named) || !_entries.Add(named))
        {
            return null;
        }

        return MakeFolder(System.IO.Path.GetDirectoryName(named)!) is { } parent ? System.IO.Path.Combine(parent, System.IO.Path.GetFileName(named)) : null;
    }

    // Null where a file or link has the name of one of the folders on the way.
    private string? MakeFolder(string path)
    {
        string full = folder + path.TrimEnd('/');
        if (path == "/" || _folders.Contains(path))
        {
            return full;
        }

        if (IsPrivate(path) || _entries.Contains(path) || MakeFolder(System.IO.Path.GetDirectoryName(path)!) is null)
        {
            return null;
        }

        _ = Directory.CreateDirectory(full, FolderMode);
        File.SetUnixFileMode(full, FolderMode);
        _ = _folders.Add(path);
        return full;
    }
}
