using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Inspect.Text;

/// <summary>Phrases that several parts of the text use.</summary>
internal static class Words
{
    // More of them in one sentence nobody reads; the JSON has all.
    private const int MaxListed = 4;

    /// <summary>Addresses in a sentence, of which many are cut short.</summary>
    public static string List(IReadOnlyList<PciAddress> devices)
    {
        if (devices.Count <= 1)
        {
            return string.Concat(devices);
        }

        string last = devices.Count > MaxListed ? $"{devices.Count - MaxListed + 1} more" : devices[^1].ToString();
        return $"{string.Join(", ", devices.Take(Math.Min(devices.Count, MaxListed) - 1))} and {last}";
    }

    /// <summary>A verdict as the JSON has it.</summary>
    public static string Verdict(Verdict verdict) => verdict.ToString().ToLowerInvariant();

    /// <summary>A number of things.</summary>
    public static string Count(int count, string one) => count == 1 ? $"1 {one}" : $"{count} {one}s";

    /// <summary>A text as a sentence, with its full stop.</summary>
    public static string Sentence(string text) => text.Length == 0 || text[^1] is '.' or '!' or '?' or ':' ? text : $"{text}.";

    /// <summary>Two sentences, of which the second may be missing.</summary>
    public static string Sentences(string first, string? second) => second is null ? Sentence(first) : $"{Sentence(first)} {Sentence(second)}";
}
