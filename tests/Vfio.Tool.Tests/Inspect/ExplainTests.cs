using System.Reflection;
using System.Text.Json;
using Vfio.Assignability;

namespace Vfio.Tool.Tests.Inspect;

public sealed class ExplainTests
{
    private static readonly string[] _findings =
    [
        .. typeof(FindingCode)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static field => field.IsLiteral)
            .Select(static field => (string)field.GetRawConstantValue()!),
    ];

    public static TheoryData<string> Codes => [.. FindingPages.Codes];

    [Fact]
    public void Every_code_has_a_page_and_every_page_a_code()
        => Assert.Equal(
            [.. _findings.Concat(Enum.GetNames<Verdict>()).Concat(Enum.GetNames<ResetClass>()).Order(StringComparer.Ordinal)],
            FindingPages.Codes);

    [Theory]
    [MemberData(nameof(Codes))]
    public void A_page_is_short_and_begins_with_its_code(string code)
    {
        string[] lines = FindingPages.Read(code).TrimEnd('\n').Split('\n');

        Assert.Equal($"# {code}", lines[0]);
        Assert.Empty(lines[1]);
        Assert.InRange(lines.Length, 8, 26);
        Assert.All(lines, static line => Assert.True(line.Length <= 80 && !line.EndsWith(' ') && line.All(static symbol => symbol is >= ' ' and <= '~'), line));
    }

    [Fact]
    public void A_page_on_a_finding_says_why_and_what_to_do_and_how_to_look_and_what_it_answers()
        => Assert.All(_findings, static code =>
        {
            string page = FindingPages.Read(code);
            Assert.Contains("\nWhy: ", page, StringComparison.Ordinal);
            Assert.Contains("\nTo do: ", page, StringComparison.Ordinal);
            Assert.Contains("\nBy hand:\n    ", page, StringComparison.Ordinal);
            Assert.Matches("\n(Answers|Answers a part of|Part of) C[0-9]+ |\nNo common expectation is about this", page);
        });

    [Theory]
    [InlineData("GroupNotViable")]
    [InlineData("groupnotviable")]
    [InlineData("GROUPNOTVIABLE")]
    public void A_code_is_found_in_any_case_of_letters(string code)
    {
        CommandRun run = CommandRun.Of(SampleReports.Yes, null, "--explain", code);

        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Equal(FindingPages.Read("GroupNotViable"), $"# {run.Output}");
        Assert.Null(run.Options);
    }

    [Fact]
    public void A_device_beside_it_does_no_harm()
        => Assert.StartsWith("R3\n", CommandRun.Of(SampleReports.Yes, null, "0000:01:00.0", "--explain", "r3").Output, StringComparison.Ordinal);

    [Fact]
    public void As_JSON_it_is_one_object()
    {
        using var json = JsonDocument.Parse(CommandRun.Of(SampleReports.Yes, null, "--explain", "no", "--json").Output);

        Assert.Equal(["code", "page"], json.RootElement.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("No", json.RootElement.GetProperty("code").GetString());
        Assert.Equal(FindingPages.Read("No"), json.RootElement.GetProperty("page").GetString());
    }

    [Fact]
    public void A_code_that_does_not_exist_is_an_error_that_lists_all()
    {
        string message = Assert.Single(CommandRun.Errors("--explain", "Nothing"));

        Assert.StartsWith("--explain: 'Nothing' is no code; there are ", message, StringComparison.Ordinal);
        Assert.All(FindingPages.Codes, code => Assert.Contains(code, message, StringComparison.Ordinal));
    }
}
