using System.Globalization;

namespace Vfio.Core;

/// <summary>A range of a group's address space that is not free.</summary>
/// <param name="First">Its first address.</param>
/// <param name="Last">Its last address.</param>
/// <param name="Kind"><c>msi</c>, <c>reserved</c>, <c>direct</c> or <c>direct-relaxable</c>. The firmware's DMA goes through direct ones.</param>
/// <param name="Text">The kernel's line.</param>
public readonly record struct ReservedRegion(ulong First, ulong Last, string Kind, string Text)
{
    /// <summary>Whether the kernel refuses to give the group away because of it.</summary>
    public bool IsDirect => Kind == "direct";

    /// <summary>Reads a line of <c>reserved_regions</c>: first, last, kind.</summary>
    /// <returns>Whether the line makes sense.</returns>
    public static bool TryParse(string line, out ReservedRegion region)
    {
        ArgumentNullException.ThrowIfNull(line);
        region = default;
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 3 || HostText.Hex(words[0]) is not { } first || HostText.Hex(words[1]) is not { } last || last < first)
        {
            return false;
        }

        region = new ReservedRegion(first, last, words[2], line);
        return true;
    }

    /// <summary>Reads the lines of <c>reserved_regions</c>: first, last, kind. Null where one makes no sense.</summary>
    internal static IReadOnlyList<ReservedRegion>? ParseAll(string text)
    {
        var regions = new List<ReservedRegion>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!TryParse(line, out ReservedRegion region))
            {
                return null;
            }

            regions.Add(region);
        }

        return regions;
    }

    /// <summary>The kernel's line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"0x{First:x}-0x{Last:x} {Kind}");
}
