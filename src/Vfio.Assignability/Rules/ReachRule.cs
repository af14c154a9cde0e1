using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Does the device answer, and is it known what it is?</summary>
internal sealed class ReachRule : IRule
{
    private const int HeaderLength = 64;

    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        Identify(report, device);
        HostFact<byte[]> config = device.Config;
        if (!config.IsKnown || config.Value.Length < HeaderLength)
        {
            // A device that is powered answers, as far as anybody can tell without asking it.
            bool inDoubt = device.Attribute("power_state").Value is "D3cold" or "unknown" or "error";
            string problem = config.Problem ?? (config.IsKnown ? $"has {config.Value.Length} bytes" : "is not there");
            report.Miss(new UnknownFact("whether the device answers, and its header", config.Path, problem, inDoubt ? Verdict.No : null));
        }
        else if (!device.IsVirtualFunction && config.Value.All(static octet => octet == byte.MaxValue))
        {
            Unreachable(report, device);
        }
        else if (config.Value.Length == HeaderLength)
        {
            report.Miss(new UnknownFact("the capabilities of the device", config.Path, $"shows this caller its first {HeaderLength} bytes only"));
        }
    }

    private static void Identify(Inspection report, PciFunction device)
    {
        foreach ((string fact, HostFact<uint> from) in new[] { ("the vendor's id", device.Vendor), ("the device's id", device.Device), ("the class", device.Class) })
        {
            if (!from.IsKnown)
            {
                report.Miss(UnknownFact.Of(fact, from, Verdict.No));
            }
        }
    }

    private static void Unreachable(Inspection report, PciFunction device)
    {
        HostFact<string> power = device.Attribute("power_state");
        report.Require(Verdict.No);
        report.Add(new Finding(
            FindingCode.DeviceUnreachable,
            Severity.Blocker,
            Confidence.Stated,
            $"{device} does not answer: its whole configuration space reads as ones{(power.Value is { } state ? $", and its power state is {state}" : string.Empty)}",
            "No driver of any kind can use it until it answers again",
            [new Evidence(device.Config.Path, "ff ff ff ff …"), Evidence.Of(power)],
            Texts.Advice("Power the host off and on again, not just through a reset. Before the next try keep the device awake: d3cold_allowed 0, power/control on, vfio-pci's disable_idle_d3"),
            [device.Address],
            "C12"));
    }
}
