using System.Text.RegularExpressions;
using Xunit;

namespace Vfio.Repository.Tests;

public sealed partial class InspectDocumentTests
{
    [Fact]
    public void The_table_of_codes_has_every_code_and_no_other()
    {
        IEnumerable<string> codes = Code().Matches(Repository.Read("src/Vfio.Assignability/Report/FindingCode.cs")).Select(static match => match.Groups["code"].Value);
        IEnumerable<string> rows = Row().Matches(Repository.Read("docs/inspect.md")).Select(static match => match.Groups["code"].Value);

        Assert.Equal(codes.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_expectation_has_a_row()
    {
        string page = Repository.Read("docs/inspect.md");

        Assert.All(Enumerable.Range(1, 15), number => Assert.Contains($"\n| C{number} | ", page, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"const string (?<code>\w+) = nameof", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| `(?<code>[A-Z][A-Za-z]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Row();
}
