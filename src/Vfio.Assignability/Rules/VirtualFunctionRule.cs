using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What physical and virtual functions mean for each other.</summary>
internal sealed class VirtualFunctionRule : IRule
{
    public void Apply(Inspection report)
    {
        PciFunction device = report.Device;
        foreach (PciFunction physical in report.Ownership.Moving.Append(device).Distinct())
        {
            if (physical != report.Ownership.Owner && physical.VirtualFunctions.Count > 0)
            {
                HasVirtualFunctions(report, physical);
            }
        }

        if (device.PhysicalFunctionLink.IsUnknown)
        {
            report.Miss(UnknownFact.Of("the physical function", device.PhysicalFunctionLink));
        }

        if (device.PhysicalFunction is { IsOnVfio: true } owner)
        {
            NeedsToken(report, device, owner);
        }
    }

    private static void HasVirtualFunctions(Inspection report, PciFunction physical)
    {
        IReadOnlyList<PciFunction> virtuals = physical.VirtualFunctions;
        bool moves = report.Ownership.Moving.Contains(physical);
        (PciFunction Function, FunctionUse Use)[] uses =
        [
            .. virtuals.SelectMany(function => report.Uses.FindUses(function).Where(static use => use.IsCritical).Select(use => (function, use))),
        ];
        string number = $"{physical.Path}/sriov_numvfs";
        if (uses.Length > 0)
        {
            report.Require(Verdict.No);
        }
        else if (moves)
        {
            report.Require(
                StepPhase.VirtualFunctions,
                new HandoverAction($"End the virtual functions of {physical}: {Texts.Join(virtuals)}", Texts.Write("0", number), Texts.Addresses(virtuals.Append(physical)), Reversible: true, Reboot: false));
        }

        report.Add(new Finding(
            FindingCode.PfHasVfs,
            uses.Length > 0 || moves ? Severity.Blocker : Severity.Info,
            Confidence.Stated,
            $"{physical} has virtual functions: {Texts.WithDrivers(virtuals)}{(uses.Length == 0 ? string.Empty : $"; in use: {Texts.Join(uses.Select(static use => use.Use))}")}",
            moves
                ? $"They end when {physical.Driver ?? "the driver"} lets go of {physical}; some drivers leave them, and then the kernel refuses the new driver (EBUSY)"
                : "They work only as long as the owner of the physical function lets them",
            [Evidence.Of(physical.VirtualFunctionCount), .. uses.SelectMany(static use => use.Use.Evidence).Distinct()],
            uses.Length > 0 ? Texts.Advice("End what uses them first")
                : moves ? Texts.Fix($"End them first, or leave {physical} to the host and give its virtual functions away one by one", Texts.Write("0", number))
                : null,
            Texts.Addresses(virtuals.Append(physical)),
            "C2"));
    }

    private static void NeedsToken(Inspection report, PciFunction device, PciFunction physical) => report.Add(new Finding(
        FindingCode.VfTokenRequired,
        Severity.Warning,
        Confidence.Derived,
        $"{device} opens only with the token that the user of its physical function {physical} ({physical.Driver}) has set, and only after that one was opened",
        "Without the token, or with another, opening fails with EACCES",
        [Evidence.Of(device.PhysicalFunctionLink), Evidence.Of(physical.DriverLink)],
        Texts.Advice($"Open {physical} first, with a UUID as its token, and {device} with the same UUID"),
        [device.Address, physical.Address],
        "C2"));
}
