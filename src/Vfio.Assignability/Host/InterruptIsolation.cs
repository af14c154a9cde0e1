using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Whether a device's message signalled interrupts are kept from other devices' (interrupt remapping), as far as a host shows it.</summary>
/// <param name="InForce">Whether they are; null where that is not known.</param>
/// <param name="Evidence">What says so.</param>
internal sealed record InterruptIsolation(bool? InForce, Evidence Evidence)
{
    private const string Folder = "/sys/kernel/irq";
    private const string Table = "/proc/interrupts";

    // The names of the kernel's interrupt chips: remapped ones have this in front.
    private const string Remapped = "IR-";

    public static InterruptIsolation Of(PciFunction device, KernelFacts kernel)
    {
        HostTree tree = device.Host.Tree;
        return (kernel.Version.IsX86 ? FromNames(tree, device, Judge) : FromNames(tree, device, JudgeArm))
            ?? (kernel.Version.IsX86 ? FromTable(tree) ?? FromOptions(kernel) ?? FromUnit(device) : null)
            ?? new InterruptIsolation(kernel.Version.IsX86 ? null : true, new Evidence(Folder, null));
    }

    private static InterruptIsolation? FromNames(HostTree tree, PciFunction device, Func<string, bool?> judge)
    {
        InterruptIsolation? remapped = null;
        InterruptIsolation? plain = null;
        foreach (string number in tree.Names(Folder))
        {
            HostFact<string> chip = tree.ReadText($"{Folder}/{number}/chip_name");
            if (chip.Value is not { } name || judge(name) is not { } isolated)
            {
                continue;
            }

            var found = new InterruptIsolation(isolated, new Evidence(chip.Path, name));
            if (name.EndsWith(device.Address.ToString(), StringComparison.Ordinal))
            {
                return found;
            }

            _ = isolated ? remapped ??= found : plain ??= found;
        }

        // Controllers behind a remapped one, such as a hot-plug port's, may have plain names of their own.
        return remapped ?? plain;
    }

    private static bool? Judge(string name) => name.StartsWith(Remapped, StringComparison.Ordinal) ? true
        : name.StartsWith("PCI-MSI", StringComparison.Ordinal) || name == "IO-APIC" ? false
        : null;

    // GICv2m delivers whatever a device writes; the ITS knows which device wrote.
    private static bool? JudgeArm(string name) => name.Contains("v2m", StringComparison.OrdinalIgnoreCase) ? false
        : name.Contains("ITS", StringComparison.Ordinal) ? true
        : null;

    // Its columns are numbers, then the chip's name.
    private static InterruptIsolation? FromTable(HostTree tree)
    {
        InterruptIsolation? plain = null;
        foreach (string line in (tree.ReadText(Table).Value ?? string.Empty).Split('\n'))
        {
            foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (Judge(word) is { } isolated)
                {
                    var found = new InterruptIsolation(isolated, new Evidence(Table, line.Trim()));
                    if (isolated)
                    {
                        return found;
                    }

                    plain ??= found;
                }
            }
        }

        return plain;
    }

    private static InterruptIsolation? FromOptions(KernelFacts kernel)
    {
        CommandLine options = kernel.CommandLine;
        return options.Has("intremap", "off") || options.Values("nointremap").Any() ? new InterruptIsolation(false, options.As(null)) : null;
    }

    // That the hardware could does not say that it does.
    private static InterruptIsolation? FromUnit(PciFunction device)
        => device.Iommu is { CanRemapInterrupts: false } unit ? new InterruptIsolation(false, Evidence.Of(unit.ExtendedCapabilities)) : null;
}
