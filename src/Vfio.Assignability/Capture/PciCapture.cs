using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Captures PCI functions, their groups and IOMMUs, and the drivers that there are.</summary>
internal sealed class PciCapture(CaptureWriter writer, DeviceCapture devices)
{
    private const string Devices = "/sys/bus/pci/devices";
    private const string Drivers = "/sys/bus/pci/drivers";
    private const string Slots = "/sys/bus/pci/slots";
    private const string Groups = "/sys/kernel/iommu_groups";

    public int Functions { get; private set; }

    public void Write()
    {
        foreach (string name in writer.Folder(Devices))
        {
            if (PciAddress.TryParse(name, out _))
            {
                devices.AddFunction($"{Devices}/{name}");
                Functions++;
            }
        }

        WriteGroups();
        WriteDrivers();
        foreach (string slot in writer.Folder(Slots).Where(static slot => !OrdinaryNames.IsUnique(slot)))
        {
            writer.Copy($"{Slots}/{slot}/address");
        }
    }

    private void WriteGroups()
    {
        foreach (string group in writer.Folder(Groups))
        {
            foreach (string member in writer.Folder($"{Groups}/{group}/devices").Where(static member => !OrdinaryNames.IsUnique(member)))
            {
                _ = writer.Link($"{Groups}/{group}/devices/{member}");
            }

            writer.Copy($"{Groups}/{group}/name");
            writer.Copy($"{Groups}/{group}/type");
            writer.Copy($"{Groups}/{group}/reserved_regions");
        }
    }

    private void WriteDrivers()
    {
        foreach (string driver in writer.Folder(Drivers))
        {
            string path = $"{Drivers}/{driver}";
            foreach (string name in writer.Folder(path))
            {
                if (name == "module" || PciAddress.TryParse(name, out _))
                {
                    _ = writer.Link($"{path}/{name}");
                }
            }

            if (writer.Source.LinkName($"{path}/module").Value is { } module)
            {
                _ = writer.Folder($"/sys/module/{module}");
            }
        }
    }
}
