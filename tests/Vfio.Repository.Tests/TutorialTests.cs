using System.Text.RegularExpressions;
using Xunit;

namespace Vfio.Repository.Tests;

public sealed partial class TutorialTests
{
    [Fact]
    public void Every_piece_of_code_is_one_of_the_sample()
    {
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples/EduDriver"), "*.cs").Select(Flat)];
        string[] pieces = [.. CodeBlock().Matches(Repository.Read("docs/writing-a-driver.md")).Select(static match => match.Groups["code"].Value)];

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(files, file => file.Contains(WithoutIndent(piece), StringComparison.Ordinal)));
    }

    private static string Flat(string path) => WithoutIndent(File.ReadAllText(path));

    // A method stands deeper in its class than on the page.
    private static string WithoutIndent(string code) => string.Join('\n', code.Split('\n').Select(static line => line.TrimStart()));

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex CodeBlock();
}
