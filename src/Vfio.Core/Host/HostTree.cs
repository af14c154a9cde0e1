using System.IO.Enumeration;
using System.Text;
using Vfio.Native;

namespace Vfio.Core;

/// <summary>The files in which a host describes itself: this host's own, or a tree that was captured from another one.</summary>
/// <remarks>
/// <para>Reading tolerates everything: what is missing, forbidden, in a loop or senseless is a fact of that kind, never an
/// exception. In a captured tree links are followed as after chroot; none leads out of it. Paths are the host's own, such as
/// <c>/sys/kernel/iommu_groups</c>, in facts too. What could not be read when the tree was captured is unknown
/// (<see cref="UnreadableList"/>).</para>
/// <para>Thread-safe for this host. A captured tree is for one thread at a time.</para>
/// </remarks>
public sealed class HostTree
{
    /// <summary>The file of a captured tree that lists what was there and could not be read: a path in each line, then a tab and the reason.</summary>
    public const string UnreadableList = "unreadable";

    // The longest of procfs that is read, and far more than any attribute of sysfs has.
    private const int MaxLength = 4 << 20;

    private readonly string _root;
    private readonly TreeLinks? _links;
    private UnreadablePaths? _unreadable;

    private HostTree(string root, TreeLinks? links)
    {
        _root = root;
        _links = links;
    }

    /// <summary>This host.</summary>
    public static HostTree Local { get; } = new(string.Empty, null);

    /// <summary>Whether it is this host, now, rather than a captured tree.</summary>
    public bool IsLocal => _links is null;

    /// <summary>A captured tree, with the folders <c>sys</c>, <c>proc</c>, <c>dev</c>, <c>boot</c>, <c>lib/modules</c> and the file <c>uname</c> as far as there are any.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static HostTree At(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (!Directory.Exists(full))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder. Name the folder of a captured host, as `vfio capture` writes it.");
        }

        var tree = new HostTree(full, new TreeLinks(full));
        tree._unreadable = UnreadablePaths.Parse(tree.ReadText($"/{UnreadableList}").Value);
        return tree;
    }

    /// <summary>The text of a file, without the line end behind its last line.</summary>
    public HostFact<string> ReadText(string path)
    {
        HostFact<byte[]> bytes = ReadBytes(path, MaxLength);
        if (!bytes.IsKnown)
        {
            return new HostFact<string>(bytes.State, null, path, null, bytes.Problem);
        }

        string text = Encoding.UTF8.GetString(bytes.Value).TrimEnd('\n');
        return Facts.Known(path, text, text);
    }

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxLength">How many bytes are read at most.</param>
    public unsafe HostFact<byte[]> ReadBytes(string path, int maxLength)
    {
        if (Physical(path, followLast: true, out string problem) is not { } file)
        {
            return Facts.Unknown<byte[]>(path, problem);
        }

        // Neither blocks on a pipe that lies in a captured tree, nor throws for what is missing, which is common.
        LinuxKernel kernel = LinuxKernel.Instance;
        int descriptor = kernel.Open(file, Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_NONBLOCK);
        if (descriptor < 0)
        {
            return Failure<byte[]>(path, -descriptor);
        }

        try
        {
            byte[] buffer = new byte[Math.Min(maxLength, 4096)];
            int length = 0;
            while (true)
            {
                long read;
                fixed (byte* start = buffer)
                {
                    read = kernel.ReadAt(descriptor, start + length, (nuint)(buffer.Length - length), length);
                }

                if (read < 0)
                {
                    return Facts.Unknown<byte[]>(path, ErrnoText.Describe((int)-read));
                }

                length += (int)read;
                if (read == 0 || length == maxLength)
                {
                    break;
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, Math.Min(maxLength, buffer.Length * 4));
                }
            }

            Array.Resize(ref buffer, length);
            return Facts.Known(path, buffer, null);
        }
        finally
        {
            _ = kernel.Close(descriptor);
        }
    }

    /// <summary>The last name in a link's text, such as the name of a driver. What it points to need not exist.</summary>
    public HostFact<string> LinkName(string path) => ReadLink(path).Convert(static target =>
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(target));
        return name is "" or "." or ".." ? null : name;
    });

    /// <summary>The text of a link.</summary>
    public HostFact<string> ReadLink(string path)
    {
        if (Physical(path, followLast: false, out string problem) is not { } file)
        {
            return Facts.Unknown<string>(path, problem);
        }

        return new FileInfo(file).LinkTarget is { Length: > 0 } target
            ? Facts.Known(path, target, target)
            : Path.Exists(file) ? Facts.Unknown<string>(path, "is no link") : Facts.Absent<string>(path);
    }

    /// <summary>Where a file or folder really lies, as the host would name it, or null where it does not exist.</summary>
    public string? RealPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (_links is not null)
        {
            return _links.Resolve(path, followLast: true) is { } resolved && Path.Exists(_root + resolved) ? resolved : null;
        }

        // The links of sysfs are relative, one deep, and stay in sysfs.
        return new TreeLinks(string.Empty).Resolve(path, followLast: true) is { } real && Path.Exists(real) ? real : null;
    }

    /// <summary>Whether there is a file or folder of this name.</summary>
    public bool Exists(string path) => Path.Exists(Located(path));

    /// <summary>Whether there is a folder of this name, or a link to one.</summary>
    public bool IsFolder(string path) => Directory.Exists(Located(path));

    /// <summary>The names in a folder, sorted as numbers and letters are.</summary>
    public HostFact<IReadOnlyList<string>> List(string path)
    {
        if (Physical(path, followLast: true, out string problem) is not { } folder)
        {
            return Facts.Unknown<IReadOnlyList<string>>(path, problem);
        }

        if (!Directory.Exists(folder))
        {
            return Path.Exists(folder)
                ? Facts.Unknown<IReadOnlyList<string>>(path, ErrnoText.Describe(Errno.ENOTDIR))
                : Facts.Absent<IReadOnlyList<string>>(path);
        }

        try
        {
            List<string> names = [.. Directory.EnumerateFileSystemEntries(folder).Select(static entry => Path.GetFileName(entry))];
            names.Sort(StringComparer.Ordinal);
            return Facts.Known<IReadOnlyList<string>>(path, names, null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Facts.Unknown<IReadOnlyList<string>>(path, error is UnauthorizedAccessException ? ErrnoText.Describe(Errno.EACCES) : error.Message);
        }
    }

    /// <summary>The names in a folder; none where it is missing or cannot be read.</summary>
    public IReadOnlyList<string> Names(string path) => List(path) is { IsKnown: true } names ? names.Value! : [];

    /// <summary>The names of the folders in a folder, sorted; links to folders are not among them. None where it is missing or cannot be read.</summary>
    public IReadOnlyList<string> Folders(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Physical(path, followLast: true, out _) is not { } folder || !Directory.Exists(folder))
        {
            return [];
        }

        try
        {
            var found = new FileSystemEnumerable<string>(folder, static (ref entry) => entry.FileName.ToString())
            {
                ShouldIncludePredicate = static (ref entry) => entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == FileAttributes.None,
            };
            List<string> names = [.. found];
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static HostFact<T> Failure<T>(string path, int errno) => errno is Errno.ENOENT or Errno.ENOTDIR
        ? Facts.Absent<T>(path)
        : Facts.Unknown<T>(path, ErrnoText.Describe(errno));

    // Where a path leads to, readable or not; null where links go in circles.
    private string? Located(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return _links is null ? path : _links.Resolve(path, followLast: true) is { } resolved ? _root + resolved : null;
    }

    // The file that holds what a path stands for; null, and the reason, where there is no reading it.
    private string? Physical(string path, bool followLast, out string problem)
    {
        problem = string.Empty;
        if (_links is null)
        {
            return path;
        }

        if (_links.Resolve(path, followLast) is not { } resolved)
        {
            problem = ErrnoText.Describe(Errno.ELOOP);
            return null;
        }

        problem = _unreadable?.ProblemOf(resolved) ?? string.Empty;
        return problem.Length > 0 ? null : _root + resolved;
    }
}
