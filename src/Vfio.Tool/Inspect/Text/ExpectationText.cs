using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>What to expect of the device once it is given away.</summary>
internal static class ExpectationText
{
    private const int Indent = 2;
    private const int LabelWidth = 12;

    public static void Add(TextPage page, AssignabilityReport report, Highlights highlights, DeviceNames names)
    {
        page.Heading("What to expect");
        ReportLimits limits = report.Limits;
        Row(page, "Reset", ResetText.Of(report.Reset, report.Device));
        Row(page, "Display", limits.Display is null ? null : Display(limits.Display));
        Row(page, "Graphics", Graphics(highlights));
        Row(page, "Switching", report.Verdict == Verdict.No ? null : SwitchingText.Of(report, names));
        Row(page, "Interrupts", LimitsText.Interrupts(limits.Interrupts));
        Row(page, "DMA", LimitsText.Dma(limits.Dma));
        Row(page, "SR-IOV", LimitsText.Sriov(limits.Sriov));
        Row(page, "Power", LimitsText.Power(limits.Power));
    }

    private static void Row(TextPage page, string label, string? text)
    {
        if (text is not null)
        {
            page.Labelled(Indent, Indent + LabelWidth, label, text);
        }
    }

    private static string Display(DisplayLimits display) => string.Concat(
        Words.Sentence(display.Output),
        display.IsBootDisplay == true ? " The firmware and the host's console show on it: they go dark." : string.Empty);

    private static string? Graphics(Highlights highlights)
        => highlights.Graphics.Count == 0 ? null : string.Join(' ', highlights.Graphics.Select(static finding => Words.Sentence(finding.Message)));
}
