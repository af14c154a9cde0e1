namespace Vfio.Assignability;

/// <summary>A mounted file system, as a table of mounts has it.</summary>
/// <param name="Point">Where it is mounted.</param>
/// <param name="Number">The number of its device, such as <c>259:2</c>; zero as major for what has no device of its own; null where the table has no numbers.</param>
/// <param name="Source">What it was mounted from, such as <c>/dev/nvme0n1p2</c>.</param>
/// <param name="Type">The file system's type.</param>
/// <param name="Options">The file system's options.</param>
/// <param name="Line">The table's line.</param>
internal sealed record Mount(string Point, string? Number, string Source, string Type, string Options, Evidence Line)
{
    /// <summary>Whether it has a block device's number.</summary>
    public bool HasNumber => Number is not null
        && !Number.StartsWith("0:", StringComparison.Ordinal)
        && Number.Count(static letter => letter == ':') == 1
        && Number.All(static letter => letter == ':' || char.IsAsciiDigit(letter));

    /// <summary>Everything that it was mounted from: several disks, and logs on other disks, included.</summary>
    public IEnumerable<string> Sources
        => Source.Split(':').Concat(Options.Split(',')
            .Select(static option => option.Split('=', 2))
            .Where(static pair => pair is ["logdev" or "rtdev" or "journal_path", _])
            .Select(static pair => pair[1]))
            .Prepend(Source);
}
