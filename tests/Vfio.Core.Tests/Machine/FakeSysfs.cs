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
        Join(folder, group);
        Bind(address, driver);
    }

    /// <summary>Adds a mediated device, which is found by a link at its UUID.</summary>
    /// <returns>Its folder.</returns>
    public string AddMediated(string uuid, int? group = null)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Root, "sys/devices/virtual/mtty/mtty", uuid)).FullName;
        Directory.CreateDirectory(Paths.MediatedDevices);
        File.CreateSymbolicLink(Path.Combine(Paths.MediatedDevices, uuid), folder);
        Join(folder, group);
        return folder;
    }

    /// <summary>Shows the character device of a device.</summary>
    public static void AddCdev(string folder, string name, int minor)
    {
        string shown = Directory.CreateDirectory(Path.Combine(folder, "vfio-dev", name)).FullName;
        File.WriteAllText(Path.Combine(shown, "dev"), $"511:{minor}\n");
        File.CreateSymbolicLink(Path.Combine(shown, "device"), folder);
    }

    /// <summary>Makes a file that can be seen in the place of a device node, and cannot be opened as one.</summary>
    public static void AddNode(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);
    }

    /// <summary>Shows what the kernel was built with.</summary>
    public void WriteKernel(bool groups, bool cdevs, bool noIommu)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Paths.CharacterDevices)!);
        File.WriteAllText(
            Paths.CharacterDevices,
            "Character devices:\n  1 mem\n 10 misc\n" + (groups ? "243 vfio\n" : string.Empty)
                + (cdevs ? "511 vfio-dev\n" : string.Empty) + "\nBlock devices:\n  7 loop\n");
        Directory.CreateDirectory(Path.GetDirectoryName(Paths.NoIommuParameter)!);
        File.WriteAllText(Paths.NoIommuParameter, noIommu ? "Y\n" : "N\n");
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

    private void Join(string folder, int? group)
    {
        if (group is { } id)
        {
            string members = Directory.CreateDirectory(Path.Combine(GroupFolder(id), "devices")).FullName;
            File.CreateSymbolicLink(Path.Combine(folder, "iommu_group"), GroupFolder(id));
            File.CreateSymbolicLink(Path.Combine(members, Path.GetFileName(folder)), folder);
        }
    }

    private string GroupFolder(int group) => Path.Combine(Paths.IommuGroups, group.ToString(CultureInfo.InvariantCulture));
}
