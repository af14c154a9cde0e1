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
        Device(page, report, names);
        page.Blank();
        VerdictText.Add(page, report);
        ActionText.Add(page, report);
        ExpectationText.Add(page, report, names);
        GroupText.Add(page, report, names);
        FindingText.Add(page, report);
        UnknownText.Add(page, report);
        page.Blank();
        page.Line(0, new Piece($"More on any code: vfio inspect --explain {(report.Findings.Count > 0 ? report.Findings[0].Code : report.Reset.Class)}", Tone.Faint));
        return page;
    }

    private static void Device(TextPage page, AssignabilityReport report, DeviceNames names)
    {
        PciAddress device = report.Device;
        page.Line(0, new Piece(device.ToString(), Tone.Heading), names.NameOf(device) is { } name ? $"  {name}" : string.Empty);
        string? driver = report.Group?.Members.FirstOrDefault(member => member.Device == device)?.Driver ?? names.DriverOf(device);
        string?[] facts =
        [
            names.ClassOf(device),
            names.IdsOf(device),
            driver is null ? "no driver" : $"driver {driver}",
            report.Group is null ? "no IOMMU group" : $"IOMMU group {report.Group.Id}",
        ];
        page.Line(device.ToString().Length + 2, new Piece(string.Join(", ", facts.OfType<string>()), Tone.Faint));
    }
}
