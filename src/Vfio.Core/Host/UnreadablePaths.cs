namespace Vfio.Core;

/// <summary>What was there when a tree was captured, and could not be read.</summary>
internal sealed class UnreadablePaths
{
    /// <summary>The reason where the list has none.</summary>
    public const string NoReason = "could not be read when the tree was captured";

    private readonly Dictionary<string, string> _problems = new(StringComparer.Ordinal);

    private UnreadablePaths()
    {
    }

    /// <summary>Reads the list: a path in each line, then a tab and the reason, which may be missing. Lines that are no paths say nothing.</summary>
    /// <returns>Null where nothing is listed.</returns>
    public static UnreadablePaths? Parse(string? list)
    {
        var paths = new UnreadablePaths();
        foreach (string line in list?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            string path = (tab < 0 ? line : line[..tab]).TrimEnd();
            string problem = tab < 0 ? string.Empty : line[(tab + 1)..].Trim();
            if (path.Length > 1 && path[0] == '/')
            {
                paths._problems[path] = problem.Length > 0 ? problem : NoReason;
            }
        }

        return paths._problems.Count == 0 ? null : paths;
    }

    /// <summary>Why a path, or a folder above it, could not be read; null where nothing says that it could not.</summary>
    /// <param name="path">A path without links in it.</param>
    public string? ProblemOf(string path)
    {
        for (int length = path.Length; length > 0; length = path.LastIndexOf('/', length - 1))
        {
            if (_problems.TryGetValue(path[..length], out string? problem))
            {
                return problem;
            }
        }

        return null;
    }
}
