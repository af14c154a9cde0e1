using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What would the host miss, without being unable to go on?</summary>
internal sealed class HostLossRule : IRule
{
    public void Apply(Inspection report)
    {
        foreach (PciFunction function in report.Ownership.Moving.Where(static function => !function.IsBridge))
        {
            FunctionUse[] losses = [.. report.Uses.FindUses(function).Where(static use => !use.IsCritical)];
            if (losses.Length > 0)
            {
                report.Add(Loss(function, losses));
            }

            FunctionUse[] holders = [.. losses.Where(static use => use is { Kind: UseKind.Display, Process: not null })];
            if (holders.Length > 0)
            {
                Holders(report, function, holders);
            }
        }
    }

    private static Finding Loss(PciFunction function, FunctionUse[] losses) => new(
        FindingCode.HostUseLost,
        Severity.Warning,
        Confidence.Stated,
        $"The host loses what {function}{(function.Driver is { } driver ? $" ({driver})" : string.Empty)} gives it: {Texts.Join(losses)}",
        losses.Any(static use => use.Kind is UseKind.Display or UseKind.Console)
            ? "Graphics drivers are poor at letting go and at coming back: expect to reach the host by other means, and bind at boot rather than switch at run time"
            : null,
        [.. losses.SelectMany(static use => use.Evidence).Distinct()],
        null,
        [function.Address],
        "C5");

    private static void Holders(Inspection report, PciFunction function, FunctionUse[] holders)
    {
        // NVIDIA's waits for its users for ever, where others leave them with an error.
        bool waits = function.Driver?.StartsWith("nvidia", StringComparison.Ordinal) == true;
        string who = Texts.Join(holders);
        if (waits)
        {
            report.Require(
                StepPhase.Holders,
                new HandoverAction($"Stop what has {function} open: {who}", null, [function.Address], Reversible: true, Reboot: false));
        }

        report.Add(new Finding(
            FindingCode.HostDriverWontRelease,
            waits ? Severity.Blocker : Severity.Warning,
            waits ? Confidence.Derived : Confidence.Heuristic,
            $"{function.Driver} may not let go of {function}: {who}",
            waits ? "Its unbind waits for them, and cannot be interrupted" : "They are left with a device that is gone; some crash, and the driver may hang",
            [.. holders.SelectMany(static use => use.Evidence).Distinct()],
            Texts.Advice("Stop them first: display manager, compositor, persistence daemon, containers; or give the device to vfio-pci at boot"),
            [function.Address],
            "C5"));
    }
}
