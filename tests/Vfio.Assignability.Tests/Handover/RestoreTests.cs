namespace Vfio.Assignability.Tests.Handover;

/// <summary>Bringing back.</summary>
public sealed class RestoreTests : IDisposable
{
    private const string First = "0000:03:01.0";
    private const string Second = "0000:03:02.0";

    private readonly FakeHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("e1000", "(null)")]
    [InlineData("e1000", "e1000")]
    [InlineData(null, "(null)")]
    [InlineData(null, "none")]
    [InlineData("Intel(R) Old Driver", "(null)")]
    public void A_function_has_again_what_it_had(string? driver, string reserved)
    {
        _host.AddFunction(First, driver: driver);
        _host.Write(First, "driver_override", reserved);
        string before = _host.State(First);
        _host.Bind(First).ThrowIfFailed();

        HandoverResult result = _host.Restore(First).ThrowIfFailed();

        Assert.Equal(new HandoverChange(PciAddress.Parse(First), "vfio-pci", driver), Assert.Single(result.Devices));
        Assert.Empty(result.Warnings);
        Assert.Equal(before, _host.State(First));
        Assert.Null(_host.Record(First));
    }

    [Fact]
    public void Binding_twice_keeps_the_first_record()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.AddDriver("mlx5_vfio_pci");
        _host.Bind(First).ThrowIfFailed();
        _host.Bind(First).ThrowIfFailed();
        _host.Bind(new BindOptions { Driver = "mlx5_vfio_pci" }, First).ThrowIfFailed();
        _host.Restore(First).ThrowIfFailed();
        Assert.Equal("e1000 (null)", _host.State(First));
    }

    [Fact]
    public void A_record_that_somebody_else_has_made_void_is_replaced()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.Bind(First).ThrowIfFailed();
        _host.AddDriver("e1000e");
        _host.SetDriver(First, "e1000e");
        _host.Write(First, "driver_override", "(null)");
        _host.Bind(First).ThrowIfFailed();
        _host.Restore(First).ThrowIfFailed();
        Assert.Equal("e1000e (null)", _host.State(First));
    }

    [Fact]
    public void Functions_come_back_in_reverse_order_and_a_failure_does_not_keep_the_others()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "8139cp");
        _host.Bind(First, Second).ThrowIfFailed();
        _host.Writer.Refusing.Add("8139cp");

        HandoverResult result = _host.Restore(First, "0000:09:00.0", Second);

        Assert.Equal([Second, "0000:09:00.0"], result.Errors.Select(static error => error.Subject), StringComparer.Ordinal);
        Assert.Equal([PciAddress.Parse(Second), PciAddress.Parse("0000:09:00.0"), PciAddress.Parse(First)], result.Devices.Select(static change => change.Device));
        Assert.Contains("It is with vfio-pci as before", result.Errors[0].Message, StringComparison.Ordinal);
        Assert.Equal("vfio-pci vfio-pci", _host.State(Second));
        Assert.NotNull(_host.Record(Second));
        Assert.Equal("e1000 (null)", _host.State(First));
    }

    [Fact]
    public void A_driver_that_went_away_is_loaded_by_the_name_of_its_module()
    {
        _host.AddFunction(First);
        _host.AddDriver("i801_smbus", module: "i2c_i801");
        _host.SetDriver(First, "i801_smbus");
        _host.Bind(First).ThrowIfFailed();
        _host.RemoveDriver("i801_smbus");

        VfioException error = Assert.Single(_host.Restore(First).Errors);

        Assert.Equal("i2c_i801", Assert.Single(_host.Loaded));
        Assert.Contains("i801_smbus", error.Message, StringComparison.Ordinal);
        Assert.Equal("vfio-pci vfio-pci", _host.State(First));
    }

    [Fact]
    public void Without_a_record_the_kernel_chooses()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.SetDriver(First, "vfio-pci");
        _host.Write(First, "driver_override", "vfio-pci");

        HandoverResult result = _host.Restore(First).ThrowIfFailed();

        Assert.Equal("e1000 (null)", _host.State(First));
        Assert.Contains("there is no record of what it had", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.EndsWith("e1000 took it", result.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_of_the_hosts_is_left_alone_without_a_record()
    {
        _host.AddFunction(First, driver: "e1000");
        HandoverResult result = _host.Restore(First).ThrowIfFailed();
        Assert.False(Assert.Single(result.Devices).Changed);
        Assert.Empty(_host.Writer.Written);
        Assert.Single(result.Warnings);
    }

    [Fact]
    public void What_is_back_already_only_loses_its_override_and_record()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.Bind(First).ThrowIfFailed();
        _host.SetDriver(First, "e1000");
        _host.Writer.Written.Clear();
        _host.Restore(First).ThrowIfFailed();
        Assert.Equal($"{First}/driver_override", Assert.Single(_host.Writer.Written));
        Assert.Equal("e1000 (null)", _host.State(First));
        Assert.Null(_host.Record(First));
    }

    [Fact]
    public void What_this_process_has_open_is_refused_even_if_forced()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.Bind(First).ThrowIfFailed();
        _host.OpenHere.Add(PciAddress.Parse(First));
        Assert.Equal(VfioErrorKind.GroupBusy, Assert.Single(_host.Restore(new RestoreOptions { Force = true }, First).Errors).Kind);
    }
}
