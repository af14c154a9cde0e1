using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Inspect.Text;

/// <summary>A report for people: the answer first, then what to do, what to expect, and the facts.</summary>
internal static class ReportText
{
    /// <summary>Lays a report out.</summary>
    public static TextPage Of(AssignabilityReport report, DeviceNames names)
    {
        var page = new TextPage();
        var highlights = Highlights.Of(report);
        Device(page, report, names);
        page.Blank();
        VerdictText.Add(page, report, highlights);
        ActionText.Add(page, report);
        ExpectationText.Add(page, report, highlights, names);
        GroupText.Add(page, report, names);
        FindingText.Add(page, report, highlights);
        UnknownText.Add(page, report);
        page.Blank();
        page.Line(0, new Piece($"More on any code: vfio inspect --explain {(report.Findings.Count > 0 ? report.Findings[0].Code : report.Reset.Class)}", Tone.Faint));
        return page;
    }

    private static void Device(TextPage page, AssignabilityReport report, DeviceNames names)
    {
        PciAddress device = report.Device;
        string? driver = report.Group?.Members.FirstOrDefault(member => member.Device == device)?.Driver ?? names.DriverOf(device);
        string?[] facts =
        [
            names.ClassOf(device),
            names.IdsOf(device),
            driver is null ? "no driver" : $"driver {driver}",
            report.Group is null ? "no IOMMU group" : $"IOMMU group {report.Group.Id}",
        ];
        var address = new Piece($"{device}  ", Tone.Heading);
        var rest = new Piece(string.Join(", ", facts.OfType<string>()), Tone.Faint);
        if (names.NameOf(device) is { } name)
        {
            page.Line(0, address, name);
            page.Line(address.Text.Length, rest);
        }
        else
        {
            page.Line(0, address, rest);
        }
    }
}
