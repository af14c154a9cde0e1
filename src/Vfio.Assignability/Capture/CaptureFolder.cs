namespace Vfio.Assignability;

/// <summary>The folder of a capture, which appears when it is complete.</summary>
internal sealed class CaptureFolder : IDisposable
{
    private readonly string _final;
    private readonly bool _exists;
    private bool _isComplete;

    private CaptureFolder(string final, string path, bool exists)
    {
        _final = final;
        Path = path;
        _exists = exists;
    }

    /// <summary>Where to write until then.</summary>
    public string Path { get; }

    public static CaptureFolder Create(string folder)
    {
        string final = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder));
        bool exists = Directory.Exists(final);
        if (!exists && (System.IO.Path.Exists(final) || new FileInfo(final).LinkTarget is not null))
        {
            throw new IOException($"{folder}: is a file. Name a folder that does not exist yet, or is empty.");
        }

        if (exists && Directory.EnumerateFileSystemEntries(final).Any())
        {
            throw new IOException($"{folder}: is not empty. Name a folder that does not exist yet, or is empty.");
        }

        if (!exists && System.IO.Path.GetDirectoryName(final) is { } parent && !Directory.Exists(parent))
        {
            throw new IOException($"{folder}: there is no folder {parent} to make it in. Make that first, or name another.");
        }

        // On the same file system as what it becomes, and in no one's way.
        string name = $".capture-{Guid.NewGuid():n}";
        string path = exists ? System.IO.Path.Combine(final, name) : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(final)!, name);
        _ = Directory.CreateDirectory(path);
        return new CaptureFolder(final, path, exists);
    }

    /// <summary>Gives it its name.</summary>
    public void Complete()
    {
        if (_exists)
        {
            // It may be somebody's current folder, or a place where something is mounted: it stays the same folder.
            foreach (string entry in Directory.EnumerateFileSystemEntries(Path).ToArray())
            {
                string target = System.IO.Path.Combine(_final, System.IO.Path.GetFileName(entry));
                if (Directory.Exists(entry))
                {
                    Directory.Move(entry, target);
                }
                else
                {
                    File.Move(entry, target);
                }
            }

            Directory.Delete(Path);
        }
        else
        {
            Directory.Move(Path, _final);
        }

        _isComplete = true;
    }

    public void Dispose()
    {
        if (!_isComplete && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
