using System.Text.RegularExpressions;
using Xunit;

namespace Vfio.Repository.Tests;

/// <summary>The tutorial and its sample are the same code: who types in what the page shows has the driver that the tests run.</summary>
public sealed partial class TutorialTests
{
    private static readonly string[][] _pieces =
        [.. CodeBlock().Matches(Repository.Read("docs/writing-a-driver.md")).Select(static match => Lines(match.Groups["code"].Value))];

    /// <summary>The files of the sample, by path in the repository.</summary>
    public static TheoryData<string> Files { get; } =
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples/EduDriver"))
            .Select(static path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Every_piece_of_code_is_one_of_the_sample()
    {
        string[][] files = [.. Files.Select(static file => Lines(Repository.Read(file.Data)))];

        Assert.NotEmpty(_pieces);
        Assert.All(_pieces, piece => Assert.True(
            files.Any(file => Places(file, piece).Any()), $"no file of the sample has:\n{string.Join('\n', piece)}"));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_line_of_the_sample_is_in_a_piece(string file)
    {
        string[] lines = Lines(Repository.Read(file));
        bool[] shown = new bool[lines.Length];
        foreach (string[] piece in _pieces)
        {
            foreach (int place in Places(lines, piece))
            {
                shown.AsSpan(place, piece.Length).Fill(true);
            }
        }

        IEnumerable<string> missing = lines.Where((line, number) => !shown[number] && !Frame().IsMatch(line));

        Assert.Empty(missing);
    }

    /// <summary>Where a file has the piece, line after line.</summary>
    private static IEnumerable<int> Places(string[] file, string[] piece)
        => Enumerable.Range(0, Math.Max(0, file.Length - piece.Length + 1))
            .Where(place => file.AsSpan(place, piece.Length).SequenceEqual(piece));

    // A method stands deeper in its class than on the page, and a member has its documentation above it.
    private static string[] Lines(string code) =>
    [
        .. code.Split('\n').Select(static line => line.Trim())
            .Where(static line => line.Length > 0 && !Documentation().IsMatch(line)),
    ];

    [GeneratedRegex(@"```(csharp|xml)\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("^(///|<!--.*-->$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Documentation();

    // What holds the members of a file together: the page says it once for all of them.
    [GeneratedRegex(@"^([{}]|using [\w.]+;|namespace [\w.]+;|//.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Frame();
}
