using Vfio.Assignability;

namespace Vfio.Tool.Tests.Inspect;

public sealed class ReportTextTests
{
    private const char Escape = '\e';

    public static TheoryData<Verdict> Verdicts => [.. Enum.GetValues<Verdict>()];

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void It_fits_one_screen_of_80_columns(Verdict verdict)
    {
        string[] lines = Screen.Lines(SampleReports.Of(verdict));

        Assert.All(lines, static line => Assert.True(line.Length <= 80, line));
        Assert.InRange(lines.Length, 10, 45);
    }

    [Theory]
    [MemberData(nameof(Verdicts))]
    public void Without_a_terminal_there_are_no_escape_codes_and_on_one_there_are(Verdict verdict)
    {
        Assert.DoesNotContain(Escape, Screen.Show(SampleReports.Of(verdict)));
        Assert.DoesNotContain(Escape, CommandRun.Of(SampleReports.Of(verdict), null, "0000:01:00.0").Output);
        Assert.Contains(Escape, Screen.Show(SampleReports.Of(verdict), terminal: true));
    }

    [Theory]
    [InlineData(Verdict.Yes, "YES: it can be given away now.")]
    [InlineData(Verdict.After, "AFTER: it can be given away once the step below is done. No reboot is needed.")]
    [InlineData(Verdict.Reboot, "REBOOT: it can be given away once the steps below are done. One needs a reboot.")]
    [InlineData(Verdict.Unsafe, "UNSAFE: it can be given away, but only with protection from it given up.")]
    [InlineData(Verdict.No, "NO: it cannot be given away.")]
    [InlineData(Verdict.Unknown, "UNKNOWN: too little could be read to tell. 1 fact missing, listed below.")]
    public void The_answer_comes_first(Verdict verdict, string answer) => Assert.Equal(answer, Screen.Lines(SampleReports.Of(verdict))[2]);

    [Fact]
    public void The_parts_come_in_the_order_in_which_they_are_read()
    {
        string[] lines = Screen.Lines(SampleReports.After with { Unknown = SampleReports.Unknown.Unknown });

        Assert.Equal(
            ["What to do", "What to expect", "Group 14", "Findings", "Unknown"],
            lines.Where(static line => line is "What to do" or "What to expect" or "Group 14" or "Findings" or "Unknown"));
        Assert.Equal("More on any code: vfio inspect --explain GroupNotViable", lines[^1]);
    }

    [Fact]
    public void Steps_are_numbered_and_marked()
    {
        string[] lines = Screen.Lines(SampleReports.Reboot, 100);

        Assert.Contains("  1. Remove intel_iommu=off from the kernel's command line, and reboot. [needs a reboot]", lines);
        Assert.Contains("  2. Bind 0000:01:00.0 to vfio-pci.", lines);
        Assert.Contains("       vfio bind 0000:01:00.0", lines);
        HandoverAction step = SampleReports.Reboot.Actions[1];
        Assert.Contains("[cannot be undone]", Screen.Show(SampleReports.Reboot with { Actions = [step with { Reversible = false }] }), StringComparison.Ordinal);
        Assert.Contains(
            "[needs a reboot, cannot be undone]",
            Screen.Show(SampleReports.Reboot with { Actions = [step with { Reversible = false, Reboot = true }] }, 100),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void A_command_is_one_line_however_long_it_is(int width)
    {
        string command = $"echo {new string('x', 200)} with spaces in it > /sys/bus/pci/devices/0000:01:00.0/driver_override";
        AssignabilityReport report = SampleReports.After;

        Assert.Contains($"       {command}", Screen.Lines(report with { Actions = [report.Actions[0] with { Command = command }] }, width));
    }

    [Fact]
    public void What_has_to_be_done_anyway_is_no_remedy_once_more()
    {
        string text = Screen.Show(SampleReports.After);

        Assert.Equal(2, text.Split("vfio bind 0000:03:00.0 0000:03:00.1").Length);
        Assert.Contains("echo default > /sys/bus/pci/devices/0000:03:00.0/reset_method", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_give_even_more_away_is_not_considered_where_nothing_helps()
    {
        Finding finding = SampleReports.No.Findings[0];
        Remedy advice = new("Mount it elsewhere", [], Reversible: false, Reboot: false);
        Remedy more = new("Take the other one too", ["vfio bind 0000:01:00.1"], Reversible: true, Reboot: false);
        string text = Screen.Show(SampleReports.No with { Findings = [finding with { Remedy = advice }, finding with { Remedy = more }] });

        Assert.Contains("  → Mount it elsewhere.\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("vfio bind", text, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be undone", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_kernel_answered_is_not_what_is_cut_off()
    {
        Finding finding = SampleReports.No.Findings[0];
        Evidence[] evidence = [.. Enumerable.Range(0, 5).Select(static number => new Evidence($"/sys/{number}", "x")), new Evidence("VFIO_DEVICE_GET_INFO", "yes")];
        string[] lines = Screen.Lines(SampleReports.No with { Findings = [finding with { Evidence = evidence }] });

        Assert.Contains("    VFIO_DEVICE_GET_INFO: yes", lines);
        Assert.Contains("    /sys/1: x", lines);
        Assert.DoesNotContain("    /sys/2: x", lines);
        Assert.Contains("    and 3 more files", lines);
    }

    [Fact]
    public void A_reason_is_said_once()
    {
        Finding reason = SampleReports.After.Findings[0];

        Assert.Equal(2, Screen.Show(SampleReports.After, 200).Split(reason.Message[..60]).Length);
    }

    [Fact]
    public void Texts_from_the_host_are_shown_and_not_obeyed()
    {
        AssignabilityReport report = SampleReports.No;
        Finding finding = report.Findings[0] with
        {
            Message = "[red]not markup[/] \e[2J\u202eleft",
            Consequence = null,
            Evidence = [new Evidence("/proc/\e]0;title\a", "one\ntwo\e[31m\r")],
        };
        GroupMember member = report.Group!.Members[0] with { Driver = "[bold]\e[1mdriver" };
        string text = Screen.Show(report with { Findings = [finding], Group = new GroupReport("17", [member]) });

        Assert.DoesNotContain(text, static symbol => char.IsControl(symbol) && symbol != '\n');
        Assert.DoesNotContain('\u202e', text);
        Assert.Contains("[red]not markup[/]", text, StringComparison.Ordinal);
        Assert.Contains("one; two", text, StringComparison.Ordinal);
        Assert.Contains("[bold]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_group_is_cut_short_but_not_by_those_that_block()
    {
        GroupMember first = SampleReports.Yes.Group!.Members[0];
        GroupMember[] members =
        [
            first,
            .. Enumerable.Range(2, 60).Select(bus => new GroupMember(new Core.PciAddress(0, bus, 0, 0), "pcieport", MemberRole.Bridge, Blocks: false)),
            new GroupMember(new Core.PciAddress(0, 200, 0, 0), "shpchp", MemberRole.Bridge, Blocks: true),
        ];
        string[] lines = Screen.Lines(SampleReports.Yes with { Group = new GroupReport("17", members) });

        Assert.InRange(lines.Length, 20, 45);
        Assert.Contains("  0000:c8:00.0  bridge    shpchp    blocks", lines);
        Assert.Contains("  and 50 more", lines);
    }

    [Theory]
    [InlineData(ResetClass.R0, "flr", "R0: the function alone, by flr.")]
    [InlineData(ResetClass.R0, "pm", "R0: the function alone, by pm (sleep and wake), which may leave state behind.")]
    [InlineData(ResetClass.R1, "bus", "R1: by its bus, on which it is alone.")]
    [InlineData(ResetClass.R2, "hot", "R2: by its bus, together with 0000:03:00.1: one user must own all of them.")]
    [InlineData(ResetClass.R3, null, "R3: none at present. A reset of its bus hits 0000:03:00.1 too, which is not on VFIO.")]
    [InlineData(ResetClass.R4, null, "R4: none. What one user leaves in it, the next one finds.")]
    public void Every_class_of_reset_is_put_in_words(ResetClass reset, string? method, string words)
        => Assert.Contains(
            words,
            Screen.Show(SampleReports.After with { Reset = SampleReports.After.Reset with { Class = reset, Effective = method } }, 200),
            StringComparison.Ordinal);
}
