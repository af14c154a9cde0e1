using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Reads the tables of mounted file systems (proc(5): <c>mountinfo</c>, <c>mounts</c>).</summary>
internal static class MountTables
{
    // What the first process sees may be more than what this one does.
    private static readonly string[] Tables = ["/proc/self/mountinfo", "/proc/1/mountinfo", "/proc/mounts", "/proc/self/mounts"];

    /// <summary>All mounts of all tables; one that is in several is there once, in the words of the first.</summary>
    /// <param name="tree">The host.</param>
    /// <param name="problem">The table that could not be read where none could; else null.</param>
    public static List<Mount> Read(HostTree tree, out UnknownFact? problem)
    {
        var found = new List<Mount>();
        var seen = new HashSet<(string Point, string Source, string Type)>();
        problem = null;
        bool isRead = false;
        foreach (string table in Tables)
        {
            HostFact<string> text = tree.ReadText(table);
            isRead |= text.IsKnown;
            problem ??= text.IsKnown ? null : UnknownFact.Of("which file systems are mounted", text, Verdict.No);
            foreach (string line in (text.Value ?? string.Empty).Split('\n'))
            {
                if ((table.EndsWith("info", StringComparison.Ordinal) ? WithNumbers(table, line) : Plain(table, line)) is { } mount
                    && seen.Add((mount.Point, mount.Source, mount.Type)))
                {
                    found.Add(mount);
                }
            }
        }

        problem = isRead ? null : problem;
        return found;
    }

    // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    private static Mount? WithNumbers(string table, string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        return dash < 0 || fields.Length < dash + 3 ? null : new Mount(
            OctalText.Read(fields[4]),
            fields[2],
            OctalText.Read(fields[dash + 2]),
            fields[dash + 1],
            fields.Length > dash + 3 ? OctalText.Read(fields[dash + 3]) : string.Empty,
            new Evidence(table, line));
    }

    // /dev/root /mnt2 ext3 rw,noatime 0 0
    private static Mount? Plain(string table, string line)
    {
        string[] fields = line.Split(' ');
        return fields.Length < 3 ? null : new Mount(
            OctalText.Read(fields[1]), null, OctalText.Read(fields[0]), fields[2], fields.Length > 3 ? OctalText.Read(fields[3]) : string.Empty, new Evidence(table, line));
    }
}
