using Vfio.Native;

namespace Vfio.Assignability.Tests.Handover;

/// <summary>A member that cannot be moved takes the others back with it.</summary>
public sealed class RollbackTests : IDisposable
{
    private const string First = "0000:03:01.0";
    private const string Second = "0000:03:02.0";

    private readonly FakeHost _host = new();

    public RollbackTests()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "8139cp");
        _host.Write(First, "driver_override", "e1000");
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_driver_that_refuses_the_second_leaves_both_as_they_were()
    {
        _host.AddDriver("picky_vfio_pci");
        _host.Writer.Fault = (_, name) =>
        {
            // It takes the first, and nothing after that.
            if (name.StartsWith(Second, StringComparison.Ordinal))
            {
                _host.Writer.Refusing.Add("picky_vfio_pci");
            }

            return null;
        };

        VfioException error = Undone(_host.Bind(new BindOptions { Driver = "picky_vfio_pci" }, First, Second));

        Assert.Equal("drivers_probe", error.Step);
        Assert.Contains("picky_vfio_pci did not take the function", error.Message, StringComparison.Ordinal);
        Assert.Contains("Rolled back: 0000:03:02.0 to 8139cp, 0000:03:01.0 to e1000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("driver/unbind", Errno.ENODEV)]
    [InlineData("driver_override", Errno.EINVAL)]
    public void A_step_that_the_kernel_refuses_is_named_with_its_errno(string file, int errno)
    {
        bool refused = false;
        _host.Writer.Fault = (_, name) =>
        {
            bool now = !refused && name == $"{Second}/{file}";
            refused |= now;
            return now ? FakeWriter.Refusal(errno) : null;
        };

        VfioException error = Undone(_host.Bind(First, Second));

        Assert.EndsWith($"{Second}/{file}", error.Step, StringComparison.Ordinal);
        Assert.Equal(errno, error.Errno);
        Assert.NotNull(error.InnerException);
    }

    [Fact]
    public void What_the_probe_says_does_not_count_where_the_link_is_there()
    {
        _host.Writer.FaultComesLate = true;
        _host.Writer.Fault = static (_, name) => name.EndsWith("drivers_probe", StringComparison.Ordinal) ? FakeWriter.Refusal(Errno.EINVAL) : null;
        _host.Bind(First, Second).ThrowIfFailed();
        Assert.Equal("vfio-pci vfio-pci", _host.State(Second));
    }

    [Fact]
    public void A_record_that_cannot_be_written_keeps_the_function_where_it_is()
    {
        Directory.CreateDirectory(_host.RecordFile(Second) + ".part");
        VfioException error = Undone(_host.Bind(First, Second));
        Assert.StartsWith("write ", error.Step, StringComparison.Ordinal);
        Assert.DoesNotContain(_host.Writer.Written, static name => name.StartsWith(Second, StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_rolled_back_is_named_and_can_be_restored_later()
    {
        _host.Writer.Fault = (_, name) =>
        {
            if (name.StartsWith(Second, StringComparison.Ordinal))
            {
                _host.Writer.Refusing.UnionWith(["vfio-pci", "e1000"]);
            }

            return null;
        };

        VfioException error = Assert.Single(_host.Bind(First, Second).Errors);

        Assert.Contains("Rolled back: 0000:03:02.0 to 8139cp. Not rolled back: 0000:03:01.0 from e1000 (", error.Message, StringComparison.Ordinal);
        Assert.Contains("'vfio restore'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(_host.Record(First));
        Assert.Null(_host.Record(Second));
        _host.Writer.Refusing.Clear();
        _host.Writer.Fault = static (_, _) => null;
        HandoverResult restored = _host.Restore(First).ThrowIfFailed();
        Assert.Equal("e1000", Assert.Single(restored.Devices).After);
        Assert.Equal("e1000 e1000", _host.State(First));
    }

    [Fact]
    public void A_second_handover_that_fails_leaves_the_record_of_the_first()
    {
        _host.Bind(First).ThrowIfFailed();
        string record = File.ReadAllText(_host.RecordFile(First));
        _host.AddDriver("mlx5_vfio_pci");
        _host.Writer.Refusing.Add("mlx5_vfio_pci");

        Assert.Single(_host.Bind(new BindOptions { Driver = "mlx5_vfio_pci" }, First).Errors);

        Assert.Equal("vfio-pci vfio-pci", _host.State(First));
        Assert.Equal(record, File.ReadAllText(_host.RecordFile(First)));
        _host.Restore(First).ThrowIfFailed();
        Assert.Equal("e1000 e1000", _host.State(First));
    }

    private VfioException Undone(HandoverResult result)
    {
        VfioException error = Assert.Single(result.Errors);
        Assert.Equal(Second, error.Subject);
        Assert.Equal("e1000 e1000", _host.State(First));
        Assert.Equal("8139cp (null)", _host.State(Second));
        Assert.Null(_host.Record(First));
        Assert.Null(_host.Record(Second));
        Assert.All(result.Devices, static change => Assert.False(change.Changed));
        Assert.Empty(result.Blocking);
        return error;
    }
}
