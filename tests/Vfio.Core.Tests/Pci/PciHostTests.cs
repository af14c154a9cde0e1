namespace Vfio.Core.Tests;

/// <summary>A host's functions as facts, whatever is in sysfs.</summary>
public sealed class PciHostTests : IDisposable
{
    private const string Address = "0000:00:03.0";

    private readonly FakeSysfs _sysfs = new();

    private PciHost Host => new(HostTree.At(_sysfs.Root));

    public void Dispose() => _sysfs.Dispose();

    [Fact]
    public void A_function_is_read()
    {
        _sysfs.AddFunction(Address, 12, "vfio-pci");
        PciFunction function = Host.Get(PciAddress.Parse(Address));
        Assert.Equal((0x1234, 0x11e8, 0xff00u), (function.VendorId, function.DeviceId, function.ClassCode));
        Assert.Equal(("vfio-pci", 12), (function.Driver, function.IommuGroup));
        Assert.Equal("1234:11e8", function.Ids);
        Assert.True(function.IsOnVfio);
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
            Host.Functions.Select(static function => function.Address.ToString()));
    }

    [Fact]
    public void What_is_missing_is_absent()
    {
        Directory.CreateDirectory(_sysfs.Folder(Address));
        PciFunction function = Host.Get(PciAddress.Parse(Address));
        Assert.Equal(FactState.Absent, function.Vendor.State);
        Assert.Equal($"/sys/bus/pci/devices/{Address}/vendor", function.Vendor.Path);
        Assert.Equal((0, 0, 0u), (function.VendorId, function.DeviceId, function.ClassCode));
        Assert.Null(function.Driver);
        Assert.Null(function.IommuGroup);
        Assert.Null(function.Group);
        Assert.False(function.IsVirtualFunction);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("garbage")]
    [InlineData("0x")]
    [InlineData("0x12345678901234567890")]
    [InlineData("0x12345")]
    [InlineData("-1")]
    public void Garbage_is_unknown_and_shown(string text)
    {
        _sysfs.AddFunction(Address);
        _sysfs.Write(Address, "vendor", text);
        HostFact<uint> vendor = Host.Get(PciAddress.Parse(Address)).Vendor;
        Assert.True(vendor.IsUnknown);
        Assert.Equal(text.TrimEnd('\n'), vendor.Text);
    }

    [Fact]
    public void A_folder_where_a_file_should_be_is_unknown()
    {
        _sysfs.AddFunction(Address);
        Directory.CreateDirectory(Path.Combine(_sysfs.Folder(Address), "numa_node"));
        Assert.True(Host.Get(PciAddress.Parse(Address)).Attribute("numa_node").IsUnknown);
    }

    [Fact]
    public void Links_do_not_lead_out_of_the_tree()
    {
        _sysfs.AddFunction(Address);
        string link = Path.Combine(_sysfs.Folder(Address), "secret");
        File.CreateSymbolicLink(link, "../../../../../../../../../../../etc/hostname");
        Assert.Equal(FactState.Absent, Host.Get(PciAddress.Parse(Address)).Attribute("secret").State);
        File.CreateSymbolicLink(link + "2", "/etc/hostname");
        Assert.Equal(FactState.Absent, Host.Get(PciAddress.Parse(Address)).Attribute("secret2").State);
        File.CreateSymbolicLink(link + "3", "secret3");
        Assert.True(Host.Get(PciAddress.Parse(Address)).Attribute("secret3").IsUnknown);
    }

    [Fact]
    public void A_machine_without_PCI_has_no_functions()
    {
        string nowhere = Directory.CreateDirectory(Path.Combine(_sysfs.Root, "nowhere")).FullName;
        var host = new PciHost(HostTree.At(nowhere));
        Assert.Empty(host.Functions);
        Assert.Empty(host.Groups);
        Assert.Equal(VfioErrorKind.NoSuchDevice, Assert.Throws<VfioException>(() => host.Get(PciAddress.Parse(Address))).Kind);
    }
}
