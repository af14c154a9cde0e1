using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Captures which processes have devices open: their names, and those descriptors alone.</summary>
internal sealed class ProcessCapture(CaptureWriter writer, ISet<string> nodes)
{
    private const string Mapper = "/dev/mapper/";
    private const string Deleted = " (deleted)";

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
                writer.CopyText($"/proc/{process}/stat", FilterStat);
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
                writer.CopyText($"/proc/{process}/fdinfo/{descriptor}", FilterInformation);
                isNamed = true;
            }
        }

        if (isNamed)
        {
            writer.Copy($"/proc/{process}/comm");
        }
    }

    // Its number, its state and its parent's number: whether it is one that could have anything open.
    private static string? FilterStat(string text)
    {
        int name = text.IndexOf('(', StringComparison.Ordinal);
        string[] words = TextLines.Words(text[(text.LastIndexOf(')') + 1)..]);
        return name < 0 || words.Length < 2 ? null : $"{text[..name]}() {words[0]} {words[1]}\n";
    }

    // Which device a descriptor of VFIO's is, which a newer kernel tells.
    private static string? FilterInformation(string text)
    {
        string[] lines = [.. TextLines.Of(text).Where(static line => line.StartsWith("vfio-device-syspath:", StringComparison.Ordinal) && !OrdinaryNames.IsUnique(line))];
        return lines.Length == 0 ? null : TextLines.Join(lines);
    }

    private bool IsWanted(string target) => nodes.Contains(target.EndsWith(Deleted, StringComparison.Ordinal) ? target[..^Deleted.Length] : target)
        || (target.StartsWith(Mapper, StringComparison.Ordinal) && writer.Names.Mapped.ContainsKey(target[Mapper.Length..]))
        || (_wanted.Any(start => target.StartsWith(start, StringComparison.Ordinal)) && !OrdinaryNames.IsUnique(target));
}
