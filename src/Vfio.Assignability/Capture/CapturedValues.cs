using System.Text.RegularExpressions;

namespace Vfio.Assignability;

/// <summary>Attributes that may hold names, of which only what a report rests on is taken.</summary>
internal static partial class CapturedValues
{
    // These patterns take little time whatever they are given. A limit would be met by a slow machine only.
    private const int NoLimit = Timeout.Infinite;
    private const string DevPath = "/dev/";

    /// <summary>Gives the value of an attribute as the tree has it, or null for none; null where the attribute is not one of these.</summary>
    /// <param name="folder">The name of the folder that it is in.</param>
    /// <param name="name">Its name.</param>
    public static Func<PrivateNames, string, string?>? Find(string folder, string name) => (folder, name) switch
    {
        ("dm", "name") => static (names, text) => names.Mapped.GetValueOrDefault(text) ?? "unknown",
        ("bonding", "slaves") => static (names, text) => string.Join(' ', TextLines.Words(text).Select(names.Interface)),

        // A file in these places is on a file system, which is mounted.
        ("loop", "backing_file") or (_, "backing_dev")
            => static (names, text) => text.StartsWith(DevPath, StringComparison.Ordinal) ? names.Node(text) : null,
        (_, "id") when folder.StartsWith("card", StringComparison.Ordinal) => static (_, text) => SoundCard().IsMatch(text) ? text : null,
        _ => null,
    };

    // As the kernel's drivers call them; others are called after what they are, or by their owner.
    [GeneratedRegex(
        @"^(PCH|HDMI|NVidia|Generic|Intel|SB|Audio|Device|Dummy|Loopback|sofhdadsp|sofsoundwire|acp|acp63)(_[0-9]{1,2})?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        NoLimit)]
    private static partial Regex SoundCard();
}
