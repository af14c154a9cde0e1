using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Is it a device at all, rather than a bridge?</summary>
internal sealed class BridgeRule : IRule
{
    private const int Shown = 4;

    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        if (!device.IsBridge)
        {
            return;
        }

        IReadOnlyList<PciFunction> below = [.. device.Below.Where(static function => !function.IsBridge)];
        string instead = below.Count == 0
            ? "There is nothing behind it to give away instead"
            : $"Give away what is behind it instead: {Texts.Join(below.Take(Shown))}{(below.Count > Shown ? $" and {below.Count - Shown} more" : string.Empty)}";
        report.Require(Verdict.No);
        report.Add(new Finding(
            FindingCode.BridgeNotAssignable,
            Severity.Blocker,
            Confidence.Derived,
            $"{device} is a bridge (header type {device.HeaderType}), and VFIO drivers take endpoints only",
            "Bridges stay with the host. In a group they are no obstacle either, as long as pcieport or no driver has them",
            [Evidence.Of(device.Class)],
            Texts.Advice(instead),
            [device.Address],
            "C3"));
    }
}
