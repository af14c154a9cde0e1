using Xunit;
using static Vfio.TestReport.Tests.RunFolder;

namespace Vfio.TestReport.Tests;

public sealed class ResultFileTests
{
    [Fact]
    public void Every_outcome_is_read_with_its_text()
    {
        using var folder = new RunFolder();

        RunResult result = Assert.Single(folder.Add("own", "iommufd", 1, Passed("A"), Skipped("B", "why"), Failed("C", "what")).Read());

        Assert.Empty(result.Problems);
        Assert.Equal(
            [("A", Outcome.Passed, ""), ("B", Outcome.Skipped, "why"), ("C", Outcome.Failed, "what")],
            result.Tests.Select(static test => (test.Method, test.Outcome, test.Text)));
        Assert.All(result.Tests, static test => Assert.Equal("Folder.Things", test.Class));
        Assert.Equal((1, 1, 1), (result.Passed, result.Failed, result.Skipped));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("<assemblies><assembly total='1'")]
    [InlineData("not even that")]
    [InlineData("<assemblies><assembly /></assemblies>")]
    [InlineData("<assemblies><assembly total='1'><test name='A' type='T' method='A' result='Odd' /></assembly></assemblies>")]
    [InlineData("<assemblies><assembly total='1'><test name='A' result='Pass' /></assembly></assemblies>")]
    [InlineData("<assemblies><assembly total='2'><test name='A' type='T' method='A' result='Pass' /></assembly></assemblies>")]
    public void A_file_that_is_missing_or_bad_is_a_failure(string? content)
    {
        using var folder = new RunFolder();

        RunResult result = Assert.Single(folder.AddFile("own", "iommufd", 0, content).Read());

        Assert.Equal(1, result.Failed);
    }

    [Fact]
    public void A_failure_says_where_it_happened()
    {
        using var folder = new RunFolder();
        folder.Add("own", "iommufd", 1, Test("A", "Fail", """
            <failure><message>not \"this\"</message><stack-trace>  at Folder.Things.A() in Things.cs:line 7
               at System.Reflection.MethodBaseInvoker.InvokeWithNoArgs(Object obj)</stack-trace></failure>
            """));

        Assert.Equal("not \"this\"\nat Folder.Things.A() in Things.cs:line 7", Assert.Single(Assert.Single(folder.Read()).Tests).Text);
    }

    [Fact]
    public void A_program_that_breaks_down_although_its_tests_pass_is_a_failure()
    {
        using var folder = new RunFolder();

        RunResult result = Assert.Single(folder.Add("own", "iommufd", 139, Passed("A")).Read());

        Assert.Equal((1, 1), (result.Passed, result.Failed));
        Assert.Contains("139", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_outside_of_the_tests_is_a_failure_with_its_message()
    {
        using var folder = new RunFolder();

        RunResult result = Assert.Single(folder.AddFile("own", "iommufd", 1, $"""
            <assemblies><assembly total="1"><errors><error type="cleanup" name="N"><failure><message>spilt</message></failure></error></errors>
            <collection>{Passed("A")}</collection></assembly></assemblies>
            """).Read());

        Assert.Equal("cleanup N: spilt", Assert.Single(result.Problems));
    }

    [Fact]
    public void A_test_that_runs_only_when_asked_for_is_no_result()
    {
        using var folder = new RunFolder();

        RunResult result = Assert.Single(folder.AddFile("own", "iommufd", 0, $"""
            <assemblies><assembly total="2" not-run="1">{Passed("A")}{Test("B", "NotRun")}</assembly></assemblies>
            """).Read());

        Assert.Equal((1, 0, 0), (result.Passed, result.Failed, result.Skipped));
    }

    [Fact]
    public void No_tests_are_a_failure_unless_only_some_were_asked_for_and_others_have_them()
    {
        using var folder = new RunFolder();
        folder.Add("own", "iommufd", 0).Add("own", "type1v2", 0, Passed("A"));

        Assert.Equal([1, 0], folder.Read().Select(static result => result.Failed));
        Assert.Equal([0, 0], folder.Read(some: true).Select(static result => result.Failed));
    }

    [Fact]
    public void Tests_that_were_asked_for_and_that_nobody_has_are_a_failure()
    {
        using var folder = new RunFolder();
        folder.Add("own", "iommufd", 0).Add("own", "type1v2", 0);

        Assert.All(folder.Read(some: true), static result => Assert.Equal(1, result.Failed));
    }
}
