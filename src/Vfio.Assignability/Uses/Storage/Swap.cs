using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A device that the host swaps to (<c>/proc/swaps</c>).</summary>
/// <param name="Source">Its node, or a file, which is on a mounted file system.</param>
/// <param name="Line">The table's line.</param>
internal sealed record Swap(string Source, Evidence Line)
{
    private const string Table = "/proc/swaps";

    /// <summary>Whether it must be on some disk by itself: no file, and no compressed memory.</summary>
    public bool IsOnDisk => Source.StartsWith("/dev/", StringComparison.Ordinal) && !Source.StartsWith("/dev/zram", StringComparison.Ordinal);

    /// <summary>Everything that is swapped to.</summary>
    /// <param name="tree">The host.</param>
    /// <param name="problem">Why the table could not be read, or null. A kernel without swap has none.</param>
    public static List<Swap> ReadAll(HostTree tree, out UnknownFact? problem)
    {
        HostFact<string> text = tree.ReadText(Table);
        problem = text.IsUnknown ? UnknownFact.Of("what the host swaps to", text, Verdict.No) : null;
        return
        [
            .. (text.Value ?? string.Empty).Split('\n')
                .Where(static line => line.StartsWith('/'))
                .Select(static line => new Swap(OctalText.Read(line.Split([' ', '\t'], 2)[0]), new Evidence(Table, line))),
        ];
    }
}
