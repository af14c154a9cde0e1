using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>Whether the device can go back and forth between the host and its user while the host runs.</summary>
internal static class SwitchingText
{
    public static string Of(AssignabilityReport report, DeviceNames names)
    {
        if (report.Findings.FirstOrDefault(static finding => finding.Code == FindingCode.HostDriverWontRelease) is { } stuck)
        {
            return Words.Sentence(stuck.Message);
        }

        if (report.Limits.Display is not null)
        {
            return "best at boot, once: drivers of displays are poor at letting go, and at starting again, while the host runs.";
        }

        if (report.Limits.Sriov.VirtualFunctions.Count > 0)
        {
            return $"its {Words.Count(report.Limits.Sriov.VirtualFunctions.Count, "virtual function")} end when it changes its driver.";
        }

        string? driver = report.Group?.Members.FirstOrDefault(member => member.Device == report.Device)?.Driver ?? names.DriverOf(report.Device);
        return driver is null
            ? "no driver of the host's has to let go."
            : "while the host runs: vfio bind takes it, vfio restore gives it back.";
    }
}
