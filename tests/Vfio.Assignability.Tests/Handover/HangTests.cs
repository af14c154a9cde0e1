using System.Text.Json.Nodes;

namespace Vfio.Assignability.Tests.Handover;

/// <summary>Steps that the kernel does not finish in time.</summary>
public sealed class HangTests : IDisposable
{
    private const string First = "0000:03:01.0";
    private const string Second = "0000:03:02.0";

    private readonly FakeHost _host = new();

    public HangTests()
    {
        _host.AddFunction(First, driver: "e1000");
        _host.AddFunction(Second, driver: "8139cp");
        _host.ShowWaiting();
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_driver_that_does_not_let_go_is_told_with_who_holds_it_and_who_waits()
    {
        HangAt($"{Second}/driver/unbind");
        HandoverResult result = _host.Bind(First, Second);

        VfioException error = Assert.Single(result.Errors);
        Assert.Equal((VfioErrorKind.BindFailed, "unbind from 8139cp", Second), (error.Kind, error.Step, error.Subject));
        Assert.Contains("the driver does not let go after 10 seconds", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "process 4242 (dd) waits in the kernel, state D (uninterruptible), in vfio_unregister_group_dev "
                + "(stack: vfio_unregister_group_dev < pci_device_remove)",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains("no process is seen to have it open", error.Message, StringComparison.Ordinal);
        Assert.Contains("may still complete later", error.Message, StringComparison.Ordinal);
        Assert.Contains("Rolled back: 0000:03:01.0 to e1000", error.Message, StringComparison.Ordinal);
        Assert.Contains("Not rolled back: 0000:03:02.0 from 8139cp (the kernel is still at it)", error.Message, StringComparison.Ordinal);
        Assert.Equal("e1000 (null)", _host.State(First));

        // Nothing else was asked of the function that the kernel is at.
        Assert.Equal("8139cp (null)", _host.State(Second));
        Assert.Single(_host.Writer.Written, static name => name.StartsWith(Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Who_holds_it_is_named()
    {
        _host.Uses.Add(Second, UseKind.OpenNode, false, "a process has it open", new ProcessHolder(77, "dd of=/dev", "/dev/nvme0"));
        HangAt($"{Second}/driver/unbind");
        Assert.Contains(
            "it is open in process 77 (dd of=/dev, /dev/nvme0)", Assert.Single(_host.Bind(Second).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_record_says_that_it_is_in_progress_and_nobody_touches_the_function_until_it_ends()
    {
        HangAt($"{Second}/driver/unbind");
        Assert.Single(_host.Bind(Second).Errors);

        JsonNode pending = _host.Record(Second)!["pending"]!;
        Assert.Equal("unbind from 8139cp", pending["step"]!.GetValue<string>());
        Assert.Equal(FakeWriter.Waiting, pending["processId"]!.GetValue<int>());
        Assert.Equal(987654, pending["startTime"]!.GetValue<long>());
        _host.Writer.Fault = static (_, _) => null;
        _host.Writer.Written.Clear();
        foreach (HandoverResult result in new[] { _host.Bind(Second), _host.Restore(Second) })
        {
            VfioException error = Assert.Single(result.Errors);
            Assert.Equal(VfioErrorKind.GroupBusy, error.Kind);
            Assert.Contains("'unbind from 8139cp', is still under way: process 4242 (dd)", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_host.Writer.Written);

        // It lets go after all, which leaves the function without a driver.
        _host.ShowWaiting("Z");
        _host.SetDriver(Second, null);
        _host.Restore(Second).ThrowIfFailed();
        Assert.Equal("8139cp (null)", _host.State(Second));
        Assert.Null(_host.Record(Second));
    }

    [Fact]
    public void A_step_that_ended_late_can_be_gone_on_from()
    {
        HangAt($"{Second}/driver/unbind");
        Assert.Single(_host.Bind(Second).Errors);
        _host.Writer.Fault = static (_, _) => null;
        Directory.Delete(Path.Combine(_host.Root, "proc", "4242"), recursive: true);
        _host.SetDriver(Second, null);

        _host.Bind(Second).ThrowIfFailed();

        Assert.Null(_host.Record(Second)!["pending"]);
        _host.Restore(Second).ThrowIfFailed();
        Assert.Equal("8139cp (null)", _host.State(Second));
    }

    [Fact]
    public void Another_process_with_the_same_number_is_none_that_waits()
    {
        HangAt($"{Second}/driver/unbind");
        Assert.Single(_host.Bind(Second).Errors);
        _host.Writer.Fault = static (_, _) => null;
        string stat = Path.Combine(_host.Root, "proc/4242/stat");
        File.WriteAllText(stat, File.ReadAllText(stat).Replace("987654", "987655", StringComparison.Ordinal));
        _host.Bind(Second).ThrowIfFailed();
    }

    [Fact]
    public void A_probe_that_hangs_leaves_the_function_alone()
    {
        HangAt("../drivers_probe");
        VfioException error = Assert.Single(_host.Bind(First).Errors);
        Assert.Contains("the kernel does not answer after 10 seconds", error.Message, StringComparison.Ordinal);
        Assert.Contains("Not rolled back: 0000:03:01.0 from e1000", error.Message, StringComparison.Ordinal);
        Assert.NotNull(_host.Record(First)!["pending"]);
    }

    [Fact]
    public void A_rollback_that_hangs_is_in_progress_too()
    {
        int unbinds = 0;
        _host.Writer.Fault = (_, name) => name == $"{Second}/driver/unbind" ? FakeWriter.Refusal(Vfio.Native.Errno.ENODEV)
            : name == $"{First}/driver/unbind" && ++unbinds == 2 ? FakeWriter.Hang(name)
            : null;
        VfioException error = Assert.Single(_host.Bind(First, Second).Errors);
        Assert.Contains("Not rolled back: 0000:03:01.0 from e1000 (the driver does not let go", error.Message, StringComparison.Ordinal);
        Assert.Equal("unbind from vfio-pci", _host.Record(First)!["pending"]!["step"]!.GetValue<string>());
        Assert.Null(_host.Record(Second));
    }

    [Fact]
    public void A_restore_that_hangs_is_in_progress_with_and_without_a_record()
    {
        _host.Bind(First, Second).ThrowIfFailed();
        File.Delete(_host.RecordFile(Second));
        _host.Writer.Fault = static (_, name) => name.EndsWith("unbind", StringComparison.Ordinal) ? FakeWriter.Hang(name) : null;

        Assert.Equal(2, _host.Restore(First, Second).Errors.Count);

        Assert.NotNull(_host.Record(First)!["pending"]);
        Assert.NotNull(_host.Record(Second)!["pending"]);
        Assert.Null(_host.Record(Second)!["before"]);
        Assert.Equal(2, _host.Restore(First, Second).Errors.Count(static error => error.Kind == VfioErrorKind.GroupBusy));

        // The holder lets go; the kernel finishes, and what follows finds the functions without a driver.
        _host.ShowWaiting("Z");
        _host.Writer.Fault = static (_, _) => null;
        _host.SetDriver(First, null);
        _host.SetDriver(Second, null);
        _host.Restore(First, Second).ThrowIfFailed();
        Assert.Equal("e1000 (null)", _host.State(First));
        Assert.Equal("8139cp (null)", _host.State(Second));
        Assert.Null(_host.Record(Second));
    }

    private void HangAt(string file)
        => _host.Writer.Fault = (_, name) => name == file ? FakeWriter.Hang(Path.Combine(_host.Paths.PciDevices, name)) : null;
}
