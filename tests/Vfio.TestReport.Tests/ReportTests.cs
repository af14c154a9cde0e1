using Xunit;
using static Vfio.TestReport.Tests.RunFolder;

namespace Vfio.TestReport.Tests;

public sealed class ReportTests
{
    [Fact]
    public void A_test_has_a_line_and_a_mode_a_column()
    {
        using var folder = new RunFolder();
        folder.Add("own", "iommufd", 1, Passed("First"), Failed("Second", "odd"), Skipped("Third", "because"))
            .Add("6.1", "type1v2", 0, Passed("First"), Passed("Second"));

        string[] report = folder.Report();

        Assert.Equal(
            [
                "           own/iommufd",
                "           |   6.1/type1v2",
                "Folder.Things",
                "  First    .   .",
                "  Second   F   .",
                "  Third    s1  -",
                "",
                "passed     1   2",
                "failed     1   0",
                "skipped    1   0",
                "seconds    7   7",
                "",
            ],
            report[2..14]);
        Assert.Equal("3 passed, 1 failed, 1 skipped", report[^1]);
    }

    [Fact]
    public void A_theory_is_one_line_while_its_rows_agree_in_every_mode()
    {
        using var folder = new RunFolder();
        folder.Add("own", "a", 0, Passed("Same(x: 1)"), Passed("Same(x: 2)"), Passed("Differs(x: 1)"), Passed("Differs(x: 2)"))
            .Add("own", "b", 0, Skipped("Same(x: 1)", "r"), Skipped("Same(x: 2)", "r"), Passed("Differs(x: 1)"), Skipped("Differs(x: 2)", "r"))
            .Add("own", "c", 0, Passed("Differs(x: 1)"));

        string[] report = folder.Report();

        Assert.Contains("  Same (×2)      .   s1  -", report, StringComparer.Ordinal);
        Assert.Contains("  Differs(x: 1)  .   .   .", report, StringComparer.Ordinal);
        Assert.Contains("  Differs(x: 2)  .   s1  -", report, StringComparer.Ordinal);
    }

    [Fact]
    public void A_reason_is_told_once_with_all_that_it_covers()
    {
        using var folder = new RunFolder();
        folder.Add("own", "a", 0, Skipped("A", "no IOMMU"), Skipped("B", "no IOMMU"), Skipped("C", "no NVMe"))
            .Add("own", "b", 0, Skipped("A", "no IOMMU"), Skipped("B", "no IOMMU"), Skipped("C", "no IOMMU"))
            .Add("", "", 0, Skipped("A", "no IOMMU"));

        string[] report = folder.Report();

        Assert.Equal(
            [
                "Skipped",
                "  s1  no IOMMU",
                "      own: a, b; Some.Tests",
                "        Folder.Things: A",
                "      own: a, b",
                "        Folder.Things: B",
                "      own: b",
                "        Folder.Things: C",
                "  s2  no NVMe",
                "      own: a",
                "        Folder.Things: C",
                "",
                "0 passed, 0 failed, 7 skipped",
            ],
            report[Array.IndexOf(report, "Skipped")..]);
    }

    [Fact]
    public void A_failure_is_told_with_its_message_and_its_modes()
    {
        using var folder = new RunFolder();
        folder.Add("own", "a", 1, Failed("A(x: 1)", "expected\nactual"))
            .Add("own", "b", 1, Failed("A(x: 1)", "expected\nactual"))
            .AddFile("own", "c", 70, null);

        string[] report = folder.Report();

        Assert.Equal(
            [
                "Failed",
                "  the run as a whole",
                "      own: c",
                "        ended with code 70 and left no results",
                "  Folder.Things.A(x: 1)",
                "      own: a, b",
                "        expected",
                "        actual",
                "",
                "0 passed, 3 failed, 0 skipped",
            ],
            report[Array.IndexOf(report, "Failed")..]);
    }

    [Fact]
    public void Programs_of_the_host_are_lines_below_the_table()
    {
        using var folder = new RunFolder();

        string[] report = folder.Add("", "", 0, Passed("A")).Report();

        Assert.Equal(["On the host", "  Some.Tests               1 passed, 0 failed, 0 skipped, 7 s", "", "1 passed, 0 failed, 0 skipped"], report);
    }

    [Fact]
    public void Long_names_and_many_modes_fit_the_page()
    {
        using var folder = new RunFolder();
        string name = string.Concat(Enumerable.Repeat("A_name_that_goes_on_", 10));
        for (int mode = 0; mode < 13; mode++)
        {
            folder.Add("6.12", $"type1v{mode}", 0, Skipped(name, string.Concat(Enumerable.Repeat("for a long reason ", 20))), Passed("Other"));
        }

        Assert.All(folder.Report().Where(static line => !line.Contains("name", StringComparison.Ordinal)), static line => Assert.InRange(line.Length, 0, 140));
    }

    [Fact]
    public void The_list_of_runs_is_read_and_a_bad_line_refused()
    {
        string list = Path.GetTempFileName();
        try
        {
            File.WriteAllText(list, "P\town\tiommufd\t12\t0\t/a b.xml\nQ\t\t\t3\t139\t/c.xml\n");
            Assert.Equal([new TestRun("P", "own", "iommufd", 12, 0, "/a b.xml"), new TestRun("Q", "", "", 3, 139, "/c.xml")], TestRun.ReadList(list));

            File.WriteAllText(list, "P\town\n");
            Assert.Throws<InvalidDataException>(() => TestRun.ReadList(list));
        }
        finally
        {
            File.Delete(list);
        }
    }
}
