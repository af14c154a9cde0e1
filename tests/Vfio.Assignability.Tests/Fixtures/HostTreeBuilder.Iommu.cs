using System.Globalization;

namespace Vfio.Assignability.Tests;

/// <content>IOMMUs and interrupts.</content>
internal sealed partial class HostTreeBuilder
{
    private const string VtdCapabilities = "d2008c40660462";
    private const string VtdRemapping = "f050da";
    private const string VtdNoRemapping = "f050d2";

    private readonly List<string> _chips = ["IO-APIC", "IO-APIC", "PCI-MSI-0000:00:1c.0", "PCI-MSIX-0000:00:14.0"];
    private string _iommuKind = "intel";
    private bool _remapped = true;
    private string _cap = VtdCapabilities;
    private string? _ecap;

    /// <summary>The name of the IOMMU, or null where there is none.</summary>
    public string? IommuName { get; private set; } = "dmar0";

    /// <summary>Neither unit nor groups; the firmware's table stays unless it is taken too.</summary>
    public HostTreeBuilder NoIommu(bool firmwareHasOne = true)
    {
        IommuName = null;
        _remapped = false;
        return firmwareHasOne ? this : Without("/sys/firmware/acpi/tables/DMAR");
    }

    /// <summary>AMD's IOMMU in place of VT-d.</summary>
    public HostTreeBuilder AmdIommu()
    {
        (IommuName, _iommuKind) = ("ivhd0", "amd");
        return Without("/sys/firmware/acpi/tables/DMAR").Text("/sys/firmware/acpi/tables/IVRS", string.Empty);
    }

    /// <summary>Arm's SMMU and an interrupt translation service in place of VT-d.</summary>
    public HostTreeBuilder ArmSmmu()
    {
        (IommuName, _iommuKind) = ("smmu3.0x000000002b400000", "arm");
        return Machine("aarch64").Without("/sys/firmware/acpi/tables/DMAR").Text("/sys/firmware/acpi/tables/IORT", string.Empty);
    }

    /// <summary>Interrupts go to the processors as devices send them; the hardware can remap them or not.</summary>
    public HostTreeBuilder InterruptsNotRemapped(bool hardwareCould = false)
    {
        _remapped = false;
        _ecap = hardwareCould ? VtdRemapping : VtdNoRemapping;
        return this;
    }

    /// <summary>VT-d's registers, in hexadecimal.</summary>
    public HostTreeBuilder VtdRegisters(string cap, string ecap)
    {
        (_cap, _ecap) = (cap, ecap);
        return this;
    }

    /// <summary>One more interrupt in use, by its chip's name without the prefix of remapping.</summary>
    public HostTreeBuilder Interrupt(string chip)
    {
        _chips.Add(chip);
        return this;
    }

    private void WriteIommus(TreeFolder tree)
    {
        WriteInterrupts(tree);
        tree.Folder("/sys/class/iommu");
        if (IommuName is not { } name)
        {
            return;
        }

        string folder = $"/sys/devices/virtual/iommu/{name}";
        tree.LinkTo($"/sys/class/iommu/{name}", folder);
        tree.Folder($"{folder}/devices");
        switch (_iommuKind)
        {
            case "intel":
                tree.Text($"{folder}/intel-iommu/cap", _cap);
                tree.Text($"{folder}/intel-iommu/ecap", _ecap ?? VtdRemapping);
                tree.Text($"{folder}/intel-iommu/version", "4:0");
                tree.Text($"{folder}/intel-iommu/address", "fed90000");
                break;
            case "amd":
                tree.Text($"{folder}/amd-iommu/cap", "f40");
                tree.Text($"{folder}/amd-iommu/features", "246577efa2254afa:0");
                break;
            default:
                break;
        }
    }

    private void WriteInterrupts(TreeFolder tree)
    {
        for (int i = 0; i < _chips.Count; i++)
        {
            string chip = _iommuKind == "arm" ? _chips[i].Replace("PCI-", "ITS-PCI-", StringComparison.Ordinal).Replace("IO-APIC", "GICv3", StringComparison.Ordinal)
                : _remapped ? "IR-" + _chips[i] : _chips[i];
            WriteInterrupt(tree, i + 8, chip);
        }

        if (IommuName is not null && _iommuKind != "arm")
        {
            // The unit's own interrupt, which is never remapped.
            WriteInterrupt(tree, 24, _iommuKind == "intel" ? "DMAR-MSI" : "AMD-Vi");
        }
    }

    private static void WriteInterrupt(TreeFolder tree, int number, string chip)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/sys/kernel/irq/{number}");
        tree.Text($"{folder}/chip_name", chip);
        tree.Text($"{folder}/actions", "device");
    }
}
