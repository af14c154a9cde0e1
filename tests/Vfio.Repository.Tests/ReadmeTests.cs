using System.Text.RegularExpressions;
using Xunit;

namespace Vfio.Repository.Tests;

public sealed partial class ReadmeTests
{
    [Fact]
    public void The_example_is_the_sample_that_is_compiled()
    {
        string example = CodeBlock().Match(Repository.Read("README.md")).Groups["code"].Value;

        Assert.Equal(Repository.Read("samples/QuickStart/Program.cs"), example);
    }

    /// <summary>Pages of documentation.</summary>
    public static TheoryData<string> Pages { get; } =
    [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "lab/README.md", "interop/README.md", "bench/README.md", "samples/Nvme/README.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(static page => "docs/" + Path.GetFileName(page)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_to_a_file_leads_to_one(string page)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        IEnumerable<string> targets = Link().Matches(Repository.Read(page))
            .Select(static match => match.Groups["target"].Value)
            .Where(static target => !target.Contains("://", StringComparison.Ordinal));

        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(folder, target)), $"{page} links to {target}"));
    }

    [Fact]
    public void Every_path_in_the_readme_is_there()
    {
        IEnumerable<string> paths = RepositoryPath().Matches(Repository.Read("README.md")).Select(static match => match.Value);

        Assert.All(paths, static path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./-])(src|lab|interop|tests|samples|docs|bench)/[\w./-]*[\w/]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex RepositoryPath();
}
