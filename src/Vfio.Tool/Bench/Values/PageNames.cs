using Vfio.Core;

namespace Vfio.Tool.Bench.Values;

/// <summary>The kinds of pages by the names that options and results use.</summary>
internal static class PageNames
{
    private static readonly (DmaPageSize Pages, string Name)[] _names =
    [
        (DmaPageSize.Base, "base"),
        (DmaPageSize.Transparent, "transparent"),
        (DmaPageSize.Huge2M, "huge2m"),
        (DmaPageSize.Huge1G, "huge1g"),
    ];

    /// <summary>All kinds, small pages first.</summary>
    public static IReadOnlyList<DmaPageSize> All { get; } = [.. _names.Select(static entry => entry.Pages)];

    /// <summary>The names, as an error lists them.</summary>
    public static string Choices { get; } = string.Join(", ", _names.Select(static entry => entry.Name));

    public static string Of(DmaPageSize pages) => _names.First(entry => entry.Pages == pages).Name;

    public static bool TryParse(string text, out DmaPageSize pages)
    {
        foreach ((DmaPageSize known, string name) in _names)
        {
            if (string.Equals(text, name, StringComparison.OrdinalIgnoreCase))
            {
                pages = known;
                return true;
            }
        }

        pages = default;
        return false;
    }

    /// <summary>The length of one page that the memory consists of, in bytes.</summary>
    public static long LengthOf(DmaPageSize pages) => pages switch
    {
        DmaPageSize.Huge2M => 2L << 20,
        DmaPageSize.Huge1G => 1L << 30,
        _ => Environment.SystemPageSize,
    };
}
