namespace Vfio.Core.Tests;

/// <summary>Reading sysfs, whatever is in it.</summary>
public sealed class SysfsPciTests : IDisposable
{
    private const string Address = "0000:00:03.0";

    private readonly FakeSysfs _sysfs = new();

    private SysfsPci Pci => new(_sysfs.Paths);

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void Garbage_is_no_group()
    {
        _sysfs.AddFunction(Address);
        string link = Path.Combine(_sysfs.Folder(Address), "iommu_group");
        File.CreateSymbolicLink(link, "../nowhere/seven");
        Assert.Null(Pci.Group(PciAddress.Parse(Address)));
        File.Delete(link);
        File.WriteAllText(link, "7");
        Assert.Null(Pci.Group(PciAddress.Parse(Address)));
        File.Delete(link);
        File.CreateSymbolicLink(link, "../gone/7");
        Assert.Equal(7, Pci.Group(PciAddress.Parse(Address)));
        Assert.Empty(Pci.Members(7));
        Assert.False(Pci.IsNoIommu(7));
    }

    [Fact]
    public void A_folder_where_a_file_should_be_is_no_attribute()
    {
        _sysfs.AddFunction(Address);
        Directory.CreateDirectory(Path.Combine(_sysfs.Folder(Address), "numa_node"));
        Assert.Null(Pci.Attribute(PciAddress.Parse(Address), "numa_node"));
    }

    [Fact]
    public void A_machine_without_PCI_has_no_functions()
    {
        var pci = new SysfsPci(new HostPaths(Path.Combine(_sysfs.Root, "nowhere")));
        Assert.False(pci.Exists(PciAddress.Parse(Address)));
    }
}
