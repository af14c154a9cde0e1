namespace Vfio.Core.Tests;

/// <summary>Reading sysfs, whatever is in it.</summary>
public sealed class SysfsPciTests : IDisposable
{
    private const string Address = "0000:00:03.0";

    private readonly FakeSysfs _sysfs = new();

    private SysfsPci Pci => new(_sysfs.Paths);

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void A_function_is_read()
    {
        _sysfs.AddFunction(Address, 12, "vfio-pci");
        PciFunction function = PciFunction.Read(Pci, PciAddress.Parse(Address));
        Assert.Equal(new PciFunction(PciAddress.Parse(Address), 0x1234, 0x11e8, 0xff00, "vfio-pci", 12), function);
        Assert.Equal("1234:11e8", function.Ids);
    }

    [Fact]
    public void Functions_come_in_order_and_strangers_do_not()
    {
        foreach (string address in (string[])["10000:00:00.0", "0000:02:00.0", "0000:00:03.1", Address])
        {
            _sysfs.AddFunction(address);
        }

        Directory.CreateDirectory(_sysfs.Folder("pci0000:00"));
        File.WriteAllText(_sysfs.Folder("uevent"), "x");
        Assert.Equal(
            [Address, "0000:00:03.1", "0000:02:00.0", "10000:00:00.0"],
            PciFunction.ReadAll(Pci).Select(static function => function.Address.ToString()));
    }

    [Fact]
    public void Missing_files_leave_zeros_and_nulls()
    {
        Directory.CreateDirectory(_sysfs.Folder(Address));
        Assert.Equal(
            new PciFunction(PciAddress.Parse(Address), 0, 0, 0, null, null), PciFunction.Read(Pci, PciAddress.Parse(Address)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("garbage")]
    [InlineData("0x")]
    [InlineData("0x12345678901234567890")]
    [InlineData("0x12345")]
    [InlineData("-1")]
    public void Garbage_is_no_number(string text)
    {
        _sysfs.AddFunction(Address);
        _sysfs.Write(Address, "vendor", text);
        Assert.Equal(0, PciFunction.Read(Pci, PciAddress.Parse(Address)).VendorId);
    }

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
        Assert.Empty(pci.Addresses());
        Assert.False(pci.Exists(PciAddress.Parse(Address)));
        Assert.Equal(
            VfioErrorKind.NoSuchDevice,
            Assert.Throws<VfioException>(() => PciFunction.Read(pci, PciAddress.Parse(Address))).Kind);
    }
}
