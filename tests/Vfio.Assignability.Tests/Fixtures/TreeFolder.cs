namespace Vfio.Assignability.Tests;

/// <summary>The folder of a captured host: files, folders and links by the host's own paths.</summary>
internal sealed class TreeFolder : IDisposable
{
    // A host's tree has thousands of small files, which some disks take seconds for.
    private const string Memory = "/dev/shm";

    public string Root { get; } = Directory.CreateDirectory(Path.Combine(Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"vfio-host-{Guid.NewGuid():N}")).FullName;

    /// <summary>Where a path of the host's lies.</summary>
    public string Physical(string path) => $"{Root}/{path.TrimStart('/')}";

    /// <summary>A file of one or more lines, with the line end that the kernel writes.</summary>
    public void Text(string path, string text) => File.WriteAllText(Parent(path), text.Length == 0 || text.EndsWith('\n') ? text : text + "\n");

    public void Bytes(string path, byte[] bytes) => File.WriteAllBytes(Parent(path), bytes);

    public void Folder(string path) => Directory.CreateDirectory(Physical(path));

    /// <summary>A link with this text.</summary>
    public void Link(string path, string target)
    {
        Remove(path);
        _ = File.CreateSymbolicLink(Parent(path), target);
    }

    /// <summary>A relative link, as all of sysfs' are, to another path of the host's.</summary>
    public void LinkTo(string path, string target) => Link(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, target));

    public void Remove(string path)
    {
        string file = Physical(path);
        if (new FileInfo(file).LinkTarget is not null || File.Exists(file))
        {
            File.Delete(file);
        }
        else if (Directory.Exists(file))
        {
            Directory.Delete(file, recursive: true);
        }
    }

    /// <summary>Removes all that is in it.</summary>
    public void Clear()
    {
        foreach (string name in Directory.GetFileSystemEntries(Root))
        {
            Remove(Path.GetFileName(name));
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string Parent(string path)
    {
        string file = Physical(path);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
