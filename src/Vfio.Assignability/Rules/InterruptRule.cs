using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Are the device's interrupts kept apart from others', and can it have any?</summary>
internal sealed class InterruptRule : IRule
{
    private const string Parameter = "allow_unsafe_interrupts";
    private static readonly string[] _backends = ["vfio_iommu_type1", "iommufd"];

    public void Apply(Inspection report)
    {
        var isolation = InterruptIsolation.Of(report.Device, report.Kernel);
        report.Isolation = isolation;
        if (report.Group is { IsNoIommu: false })
        {
            Isolation(report, isolation);
        }

        Disabled(report);
        SharedLine(report);
    }

    private static void Isolation(Inspection report, InterruptIsolation isolation)
    {
        if (isolation.InForce is null)
        {
            report.Miss(new UnknownFact("whether interrupts are remapped", isolation.Evidence.Path, "shows no interrupt that would tell", Verdict.Unsafe));
        }

        if (isolation.InForce != false)
        {
            return;
        }

        string[] allowing = [.. _backends.Where(backend => report.Kernel.IsOn(backend, Parameter) == true)];
        string chosen = report.Kernel.IsLoaded(_backends[0]) || !report.Kernel.IsLoaded(_backends[1]) ? _backends[0] : _backends[1];
        string command = Texts.Write("Y", $"{KernelFacts.ModulePath(chosen)}/parameters/{Parameter}");
        string? off = OffWord(report.Kernel.CommandLine);
        bool couldRemap = off is not null && report.Device.Iommu?.CanRemapInterrupts != false;
        if (allowing.Length == 0 && couldRemap)
        {
            // Nothing has to be given up: without the option the interrupts would be isolated.
            report.Require(StepPhase.Reboot, new HandoverAction($"Remove {off} from the kernel's command line and reboot", null, [], Reversible: true, Reboot: true));
        }
        else
        {
            report.Require(Verdict.Unsafe);
        }

        if (allowing.Length == 0 && !couldRemap)
        {
            report.Require(
                StepPhase.Parameter,
                new HandoverAction($"Give up protection from the device's interrupts, for all devices ({chosen}; each back end has a parameter of its own)", command, [], Reversible: true, Reboot: false));
        }

        report.Add(new Finding(
            FindingCode.UnsafeInterrupts,
            Severity.Blocker,
            isolation.Evidence.Path.StartsWith("/sys/class/iommu", StringComparison.Ordinal) ? Confidence.Derived : Confidence.Stated,
            $"Interrupts are not remapped: {Cause(report)}. {Texts.Join(_backends.Select(backend => $"{backend} {(report.Kernel.IsOn(backend, Parameter) == true ? "accepts that" : "refuses then")}"))}",
            "The device's user could send any interrupt to any processor. VFIO_SET_IOMMU (type1) and VFIO_DEVICE_BIND_IOMMUFD fail with EPERM unless told to accept it",
            [isolation.Evidence, .. _backends.Select(backend => Evidence.Of(report.Kernel.Parameter(backend, Parameter))), .. UnitEvidence(report.Device)],
            allowing.Length == 0
                ? new Remedy($"Better turn interrupt remapping on: {Better(report)}, and reboot. Only for devices whose users are trusted: {Parameter}", [command], Reversible: true, Reboot: false)
                : Texts.FixByReboot($"Turn interrupt remapping on: {Better(report)}, and reboot"),
            [report.Device.Address],
            "C15"));
    }

    private static IEnumerable<Evidence> UnitEvidence(PciFunction device)
        => device.Iommu is { ExtendedCapabilities.IsKnown: true } unit ? [Evidence.Of(unit.ExtendedCapabilities)] : [];

    private static string Cause(Inspection report)
        => OffWord(report.Kernel.CommandLine) is { } word ? $"the kernel's command line says {word}"
            : report.Device.Iommu is { CanRemapInterrupts: false } unit ? $"{unit} cannot do it"
            : "the kernel does not use it";

    private static string Better(Inspection report)
        => OffWord(report.Kernel.CommandLine) is { } word ? $"remove {word} from the kernel's command line"
            : "in the firmware's setup (VT-d or AMD-Vi with interrupt remapping, x2APIC), or in the virtual machine's definition";

    private static string? OffWord(CommandLine options)
        => options.Word("intremap", "off") ?? (options.Values("nointremap").Any() ? "nointremap" : null);

    private static void Disabled(Inspection report)
    {
        HostFact<string>? off = null;
        for (PciFunction? at = report.Device; at is not null && off is null; at = at.Upstream)
        {
            off = at.Attribute("msi_bus") is { Value: "0" } file ? file : null;
        }

        if (off is not { } disabled)
        {
            return;
        }

        Remedy remedy = Texts.Fix("Allow them, before the device gets its driver", Texts.Write("1", disabled.Path));
        report.Add(new Finding(
            FindingCode.MsiDisabled,
            Severity.Warning,
            Confidence.Stated,
            $"The host gives {report.Device} no message signalled interrupts: {disabled.Path} says 0",
            ConfigFacts.Of(report.Device) is { HasLine: false } ? "The device has no other interrupts: none would arrive" : "Only its line interrupt is left, if it has one",
            [Evidence.Of(disabled)],
            remedy,
            [report.Device.Address],
            null));
    }

    // Only a device of conventional PCI may lack the bit that masks its line, and then VFIO wants the line for itself.
    private static void SharedLine(Inspection report)
    {
        PciFunction device = report.Device;
        if (ConfigFacts.Of(device) is not { HasLine: true, MsiVectors: 0, MsixVectors: 0, IsExpress: false, CanMaskLine: not true }
            || device.Number("irq") is not { IsKnown: true, Value: > 0 } line)
        {
            return;
        }

        PciFunction[] sharers =
        [
            .. device.Host.Functions.Where(other => other != device && other.Driver is not null && !other.IsOnVfio && !other.IsBridge && other.Number("irq").Value == line.Value),
        ];
        if (sharers.Length > 0)
        {
            report.Add(new Finding(
                FindingCode.IntxBusy,
                Severity.Warning,
                Confidence.Heuristic,
                $"{device} has a line interrupt only, and shares line {line.Value} with {Texts.WithDrivers(sharers)}",
                "If it cannot mask its line by itself (PCI 2.3), enabling the interrupt fails with EBUSY",
                [Evidence.Of(line), .. sharers.Select(static other => Evidence.Of(other.Attribute("irq")))],
                Texts.Advice("Move one of them to another slot, or take the others from their drivers"),
                Texts.Addresses(sharers.Append(device)),
                null));
        }
    }
}
