namespace Vfio.Assignability.Tests.Handover;

/// <summary>Handing over, and what is refused before anything is changed.</summary>
public sealed class BindTests : IDisposable
{
    private const string First = "0000:03:01.0";
    private const string Second = "0000:03:02.0";

    private readonly FakeHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Functions_go_to_vfio_in_the_order_in_which_they_are_named()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "8139cp");

        HandoverResult result = _host.Bind(Second, First).ThrowIfFailed();

        Assert.Equal(
            [new(PciAddress.Parse(Second), "8139cp", "vfio-pci"), new(PciAddress.Parse(First), "e1000", "vfio-pci")], result.Devices);
        Assert.All(result.Devices, static change => Assert.True(change.Changed));
        Assert.Empty(result.Warnings);
        Assert.Empty(result.Blocking);
        Assert.Equal("vfio-pci vfio-pci", _host.State(First));
        Assert.StartsWith(Second, _host.Writer.Written[0], StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(10), _host.Limit);
    }

    [Fact]
    public void What_is_bound_already_is_left_alone()
    {
        _host.AddFunction(First, driver: "vfio-pci");
        HandoverResult result = _host.Bind(First, First).ThrowIfFailed();
        Assert.Equal(new HandoverChange(PciAddress.Parse(First), "vfio-pci", "vfio-pci"), Assert.Single(result.Devices));
        Assert.False(result.Devices[0].Changed);
        Assert.Empty(_host.Writer.Written);
        Assert.False(Directory.Exists(_host.Site.RecordFolder));
    }

    [Fact]
    public void Members_that_stay_behind_are_named_with_the_command_for_them()
    {
        _host.AddFunction("0000:02:00.0", driver: "shpchp", classCode: "0x060400");
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "8139cp");
        _host.AddFunction("0000:03:03.0");

        HandoverResult result = _host.Bind(First).ThrowIfFailed();

        Assert.Equal([PciAddress.Parse("0000:02:00.0"), PciAddress.Parse(Second)], result.Blocking);
        Assert.Equal(
            "IOMMU group 7 cannot be opened yet, because of 0000:02:00.0 (shpchp) and 0000:03:02.0 (8139cp). "
                + "Next: echo 0000:02:00.0 > /sys/bus/pci/drivers/shpchp/unbind && vfio bind 0000:03:02.0",
            Assert.Single(result.Warnings));
    }

    [Fact]
    public void An_old_kernel_lets_every_bridge_pass()
    {
        _host.WriteFile("uname", "Linux 5.10.0-30-amd64 x86_64\n");
        _host.AddFunction("0000:02:00.0", driver: "shpchp", classCode: "0x060400");
        _host.AddFunction(First, driver: "e1000");
        Assert.Empty(_host.Bind(First).ThrowIfFailed().Warnings);
    }

    [Fact]
    public void Whole_groups_take_endpoints_that_block_and_nothing_else()
    {
        _host.AddFunction("0000:02:00.0", driver: "pcieport", classCode: "0x060400");
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "8139cp");
        _host.AddFunction("0000:03:03.0");
        _host.AddFunction("0000:03:04.0", driver: "pci-stub");
        _host.AddFunction("0000:04:00.0", group: 8, driver: "nvme");

        HandoverResult result = _host.Bind(new BindOptions { WholeGroups = true }, First).ThrowIfFailed();

        Assert.Equal([PciAddress.Parse(First), PciAddress.Parse(Second)], result.Devices.Select(static change => change.Device));
        Assert.Empty(result.Warnings);
        Assert.Equal("- (null)", _host.State("0000:03:03.0"));
        Assert.Equal("pcieport (null)", _host.State("0000:02:00.0"));
        Assert.Equal("nvme (null)", _host.State("0000:04:00.0"));
    }

    [Fact]
    public void A_driver_that_is_not_there_is_loaded()
    {
        _host.AddFunction(First, driver: "mlx5_core");
        _host.Loadable.Add("mlx5_vfio_pci");
        _host.Bind(new BindOptions { Driver = "mlx5_vfio_pci" }, First).ThrowIfFailed();
        Assert.Equal("mlx5_vfio_pci mlx5_vfio_pci", _host.State(First));
        Assert.Equal("mlx5_vfio_pci", Assert.Single(_host.Loaded));
    }

    [Fact]
    public void A_driver_that_cannot_be_loaded_is_refused_with_what_modprobe_said()
    {
        _host.AddFunction(First, driver: "mlx5_core");
        VfioException error = Refused(VfioErrorKind.NoVfio, "modprobe mlx5_vfio_pci", First, new BindOptions { Driver = "mlx5_vfio_pci" });
        Assert.Contains("Module mlx5_vfio_pci not found", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-r")]
    [InlineData("../../devices")]
    [InlineData("")]
    public void What_is_no_name_of_a_driver_goes_nowhere(string driver)
        => Assert.ThrowsAny<ArgumentException>(() => _host.Bind(new BindOptions { Driver = driver }, First));

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _host.Bind());
        Assert.Throws<ArgumentOutOfRangeException>(() => _host.Restore());
        Assert.Throws<ArgumentOutOfRangeException>(() => _host.Bind(new BindOptions { Timeout = TimeSpan.Zero }, First));
        Assert.Throws<ArgumentNullException>(() => DeviceHandover.Bind(null!));
    }

    [Fact]
    public void An_address_without_a_function_is_refused_and_keeps_the_others()
    {
        _host.AddFunction(First, driver: "e1000");
        Refused(VfioErrorKind.NoSuchDevice, "open", Second, new BindOptions(), First, Second);
    }

    [Theory]
    [InlineData("0x060400")]
    [InlineData("0x060700")]
    public void A_bridge_is_refused(string classCode)
    {
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "pcieport", classCode: classCode);
        VfioException error = Refused(VfioErrorKind.NotSupported, "bind", Second, new BindOptions(), First, Second);
        Assert.Contains("it is a bridge", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_without_a_group_is_refused_unless_the_kernel_makes_one()
    {
        _host.AddFunction(First, group: null, driver: "e1000");
        Refused(VfioErrorKind.NoIommu, "open", First, new BindOptions());
        _host.WriteFile("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
        _host.Bind(First).ThrowIfFailed();
    }

    [Fact]
    public void A_device_that_vfio_pci_refuses_stays_with_its_driver()
    {
        _host.AddFunction(First, driver: "idxd", ids: "8086:0b25");
        VfioException error = Refused(VfioErrorKind.NotSupported, "bind", First, new BindOptions());
        Assert.Contains("disable_denylist=1", error.Remedy, StringComparison.Ordinal);
        _host.WriteFile("sys/module/vfio_pci/parameters/disable_denylist", "Y\n");
        _host.Bind(First).ThrowIfFailed();
    }

    [Fact]
    public void Variants_have_no_list_of_devices_that_they_refuse()
    {
        _host.AddFunction(First, driver: "4xxx", ids: "8086:37c9");
        _host.AddDriver("qat_vfio_pci");
        _host.Bind(new BindOptions { Driver = "qat_vfio_pci" }, First).ThrowIfFailed();
    }

    [Fact]
    public void What_this_process_has_open_is_refused()
    {
        _host.AddFunction(First, driver: "mlx5_vfio_pci");
        _host.OpenHere.Add(PciAddress.Parse(First));
        Refused(VfioErrorKind.GroupBusy, "bind", First, new BindOptions { Force = true });
    }

    [Fact]
    public void A_file_that_may_not_be_written_asks_for_root()
    {
        _host.AddFunction(First, driver: "e1000");

        // Root may write any file, so the refusal comes from one that nobody can: a folder.
        string file = Path.Combine(_host.Paths.PciDevices, First, "driver_override");
        File.Delete(file);
        Directory.CreateDirectory(file);
        HandoverResult result = _host.Bind(First);
        VfioException error = Assert.Single(result.Errors);
        Assert.Equal(VfioErrorKind.PermissionDenied, error.Kind);
        Assert.Equal("Run as root", error.Remedy);
        Assert.Empty(_host.Writer.Written);
        Assert.False(Directory.Exists(_host.Site.RecordFolder));
    }

    private VfioException Refused(VfioErrorKind kind, string step, string subject, BindOptions options, params string[] addresses)
    {
        HandoverResult result = _host.Bind(options, addresses.Length == 0 ? [subject] : addresses);
        VfioException error = Assert.Single(result.Errors);
        Assert.False(result.Succeeded);
        Assert.Equal((kind, step, subject), (error.Kind, error.Step, error.Subject));
        Assert.NotEmpty(error.Remedy);
        Assert.Same(error, Assert.Throws<VfioException>(() => result.ThrowIfFailed()));
        Assert.Empty(_host.Writer.Written);
        Assert.Empty(Directory.Exists(_host.Site.RecordFolder) ? Directory.GetFiles(_host.Site.RecordFolder, "*.json") : []);
        Assert.All(result.Devices, static change => Assert.False(change.Changed));
        return error;
    }
}
