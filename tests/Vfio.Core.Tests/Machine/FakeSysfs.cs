using System.Globalization;

namespace Vfio.Core.Tests;

/// <summary>A tree of files that looks like sysfs, in a temporary folder that goes with the object.</summary>
internal sealed class FakeSysfs : IDisposable
{
    public FakeSysfs()
    {
        Root = Directory.CreateTempSubdirectory("vfio-sysfs-").FullName;
        Paths = new HostPaths(Root);
        Directory.CreateDirectory(Paths.PciDevices);
        Directory.CreateDirectory(Paths.PciDrivers);
        File.WriteAllText(Paths.DriversProbe, string.Empty);
    }

    public string Root { get; }

    public HostPaths Paths { get; }

    public string Folder(string address) => Path.Combine(Paths.PciDevices, address);

    public void AddFunction(string address, int? group = null, string? driver = null)
    {
        string folder = Directory.CreateDirectory(Folder(address)).FullName;
        Write(address, "vendor", "0x1234\n");
        Write(address, "device", "0x11e8\n");
        Write(address, "class", "0x00ff00\n");
        Write(address, "driver_override", "(null)\n");
        if (group is { } id)
        {
            string members = Directory.CreateDirectory(Path.Combine(GroupFolder(id), "devices")).FullName;
            File.CreateSymbolicLink(Path.Combine(folder, "iommu_group"), GroupFolder(id));
            File.CreateSymbolicLink(Path.Combine(members, address), folder);
        }

        Bind(address, driver);
    }

    /// <summary>Makes the link that the kernel makes when a driver takes the function, or takes it away.</summary>
    public void Bind(string address, string? driver)
    {
        string link = Path.Combine(Folder(address), "driver");
        File.Delete(link);
        if (driver is not null)
        {
            File.CreateSymbolicLink(link, AddDriver(driver));
        }
    }

    public string AddDriver(string driver)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Paths.PciDrivers, driver)).FullName;
        File.WriteAllText(Path.Combine(folder, "unbind"), string.Empty);
        return folder;
    }

    public void Write(string address, string attribute, string text) => File.WriteAllText(Path.Combine(Folder(address), attribute), text);

    public string Read(string address, string attribute) => File.ReadAllText(Path.Combine(Folder(address), attribute));

    public void NameGroup(int group, string name) => File.WriteAllText(Path.Combine(GroupFolder(group), "name"), name + "\n");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private string GroupFolder(int group) => Path.Combine(Paths.IommuGroups, group.ToString(CultureInfo.InvariantCulture));
}
