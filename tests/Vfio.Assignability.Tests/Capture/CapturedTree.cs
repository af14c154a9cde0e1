using System.Text;

namespace Vfio.Assignability.Tests;

/// <summary>A capture in a folder of its own, and everything that is in it.</summary>
internal sealed class CapturedTree : IDisposable
{
    private readonly TreeFolder _parent = new();

    public CapturedTree(HostTree source)
    {
        Root = _parent.Physical("/host");
        Summary = HostCapture.Write(source, Root);
    }

    public string Root { get; }

    public CaptureSummary Summary { get; }

    /// <summary>All names, with the bytes of files as letters and the texts of links; folders end in a slash.</summary>
    public SortedDictionary<string, string> Entries => EntriesOf(Root);

    public static SortedDictionary<string, string> EntriesOf(string root)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(new DirectoryInfo(root), string.Empty, found);
        return found;
    }

    public PciHost Host() => new(HostTree.At(Root));

    public AssignabilityReport Inspect(string address) => DeviceInspector.Inspect(Host(), PciAddress.Parse(address));

    public string Text(string path) => File.ReadAllText(Root + path);

    public bool Has(string path) => Path.Exists(Root + path) || new FileInfo(Root + path).LinkTarget is not null;

    public void Dispose() => _parent.Dispose();

    private static void Add(DirectoryInfo folder, string path, SortedDictionary<string, string> found)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            string name = $"{path}/{entry.Name}";
            if (entry.LinkTarget is { } target)
            {
                found.Add(name, $"-> {target}");
            }
            else if (entry is DirectoryInfo below)
            {
                found.Add(name + "/", string.Empty);
                Add(below, name, found);
            }
            else
            {
                found.Add(name, Encoding.Latin1.GetString(File.ReadAllBytes(entry.FullName)));
            }
        }
    }
}
