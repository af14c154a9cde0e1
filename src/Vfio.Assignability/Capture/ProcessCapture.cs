using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Captures which processes have devices open: their names, and those descriptors alone.</summary>
internal sealed class ProcessCapture(CaptureWriter writer, ISet<string> nodes)
{
    private const string Mapper = "/dev/mapper/";

    // Nodes of devices, and what VFIO gives for them.
    private static readonly string[] _wanted =
    [
        "/dev/vfio/", "/dev/iommu", "/dev/dri/", "/dev/nvidia", "/dev/kfd", "/dev/snd/", "/dev/input/", "/dev/fb",
        "anon_inode:[vfio", "anon_inode:vfio", "anon_inode:iommufd", "anon_inode:[iommufd",
    ];

    public void Write()
    {
        foreach (string process in writer.Source.Names("/proc").Where(static name => name.All(char.IsAsciiDigit)))
        {
            string folder = $"/proc/{process}/fd";
            HostFact<IReadOnlyList<string>> descriptors = writer.Source.List(folder);
            if (descriptors.IsUnknown && writer.Source.IsFolder(folder))
            {
                writer.NoteUnreadable(folder, descriptors.Problem, isFolder: true);
            }
            else if (descriptors.IsKnown)
            {
                Write(process, folder, descriptors.Value);
            }
        }
    }

    private void Write(string process, string folder, IReadOnlyList<string> descriptors)
    {
        bool isNamed = false;
        foreach (string descriptor in descriptors)
        {
            string path = $"{folder}/{descriptor}";
            if (writer.Source.ReadLink(path).Value is { } target && IsWanted(target))
            {
                writer.LinkText(path, writer.Names.Path(target));
                isNamed = true;
            }
        }

        if (isNamed)
        {
            writer.Copy($"/proc/{process}/comm");
        }
    }

    private bool IsWanted(string target) => nodes.Contains(target)
        || (target.StartsWith(Mapper, StringComparison.Ordinal) && writer.Names.Mapped.ContainsKey(target[Mapper.Length..]))
        || (_wanted.Any(start => target.StartsWith(start, StringComparison.Ordinal)) && !OrdinaryNames.IsUnique(target));
}
