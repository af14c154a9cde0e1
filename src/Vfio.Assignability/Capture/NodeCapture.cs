namespace Vfio.Assignability;

/// <summary>Captures which device nodes there are, as empty files.</summary>
internal sealed class NodeCapture(CaptureWriter writer, IEnumerable<string> nodes)
{
    private const string Dev = "/dev";
    private const string Mapper = "/dev/mapper";

    private static readonly string[] _folders = ["/dev/vfio", "/dev/vfio/devices", "/dev/dri", "/dev/snd"];

    public void Write()
    {
        foreach (string folder in _folders.Where(writer.Source.IsFolder))
        {
            foreach (string name in writer.Folder(folder).Where(static name => !OrdinaryNames.IsUnique(name)))
            {
                if (!writer.Source.IsFolder($"{folder}/{name}"))
                {
                    writer.Presence($"{folder}/{name}");
                }
            }
        }

        foreach (string name in writer.Source.Names(Dev).Where(IsWanted))
        {
            if (!writer.Source.IsFolder($"{Dev}/{name}"))
            {
                writer.Presence($"{Dev}/{name}");
            }
        }

        foreach (string node in nodes.Where(writer.Source.Exists))
        {
            writer.Presence(node);
        }

        foreach ((string name, string device) in writer.Names.Mapped)
        {
            if (writer.Source.Exists($"{Mapper}/{name}"))
            {
                writer.LinkTo($"{Mapper}/{name}", $"{Dev}/{device}");
            }
        }
    }

    private static bool IsWanted(string name) => name is "iommu" or "kfd"
        || ((name.StartsWith("nvidia", StringComparison.Ordinal) || name.StartsWith("fb", StringComparison.Ordinal)) && !OrdinaryNames.IsUnique(name));
}
