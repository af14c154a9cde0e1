using System.Text.Json.Nodes;

namespace Vfio.Assignability.Tests.Handover;

/// <summary>What is written down, and what is not believed.</summary>
public sealed class RecordTests : IDisposable
{
    private const string First = "0000:03:01.0";
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly FakeHost _host = new();

    public RecordTests() => _host.AddFunction(First, driver: "e1000");

    public void Dispose() => _host.Dispose();

    [Fact]
    public void The_record_has_what_the_function_had_and_is_its_owners_alone()
    {
        _host.Write(First, "driver_override", "e1000");
        _host.Bind(First).ThrowIfFailed();

        JsonObject record = _host.Record(First)!;
        Assert.Equal(1, record["schema"]!.GetValue<int>());
        Assert.Equal("6f1c", record["bootId"]!.GetValue<string>());
        Assert.Equal(First, record["device"]!.GetValue<string>());
        Assert.Equal("8086:100e", record["ids"]!.GetValue<string>());
        Assert.Equal("e1000", record["before"]!["driver"]!.GetValue<string>());
        Assert.Equal("e1000", record["before"]!["driverOverride"]!.GetValue<string>());
        Assert.Equal("vfio-pci", record["boundTo"]!.GetValue<string>());
        Assert.Null(record["pending"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_host.RecordFile(First)));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_host.Site.RecordFolder) & (WritableByOthers | UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }

    [Theory]
    [InlineData("bootId", "another", "from before the machine was started")]
    [InlineData("device", "0000:03:02.0", "another function's")]
    [InlineData("ids", "10ec:8139", "another device, 10ec:8139")]
    [InlineData("ids", "\u001b[2J", "of senseless ids")]
    [InlineData("boundTo", "../vfio", "none of a driver")]
    [InlineData("boundTo", null, "none of a driver")]
    public void A_record_that_is_not_of_this_function_now_is_ignored_and_named(string property, string? value, string reason)
        => Ignored(record => record[property] = value, reason);

    [Theory]
    [InlineData("driver", "../../devices")]
    [InlineData("driver", "-r")]
    [InlineData("driver", "")]
    [InlineData("module", "--remove")]
    [InlineData("driverOverride", "a\nb")]
    public void A_name_that_is_none_is_ignored(string property, string value)
        => Ignored(record => record["before"]![property] = value, "none of a driver");

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1, 2]")]
    [InlineData("{\"schema\": 1}")]
    [InlineData("{\"schema\": {\"a\": {\"b\": {\"c\": {\"d\": 1}}}}}")]
    public void What_is_no_record_is_ignored(string text) => IgnoredFile(file => File.WriteAllText(file, text), "is ignored: ");

    [Fact]
    public void A_newer_form_is_ignored() => Ignored(static record => record["schema"] = 2, "its form is 2, and 1 is known");

    [Fact]
    public void A_senseless_step_is_ignored()
        => Ignored(static record => record["pending"] = new JsonObject { ["step"] = "unbind", ["processId"] = -1, ["startTime"] = 1 }, "pending step");

    [Fact]
    public void A_file_that_others_may_write_is_ignored()
        => IgnoredFile(static file => File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite), "others");

    [Fact]
    public void A_link_is_not_followed()
    {
        string elsewhere = Path.Combine(_host.Root, "elsewhere");
        IgnoredFile(
            file =>
            {
                File.Move(file, elsewhere);
                File.CreateSymbolicLink(file, elsewhere);
            },
            "it is a link");
        Assert.True(File.Exists(elsewhere));
    }

    [Fact]
    public void A_record_that_is_not_believed_is_replaced_by_the_next_bind()
    {
        _host.Bind(First).ThrowIfFailed();
        _host.Restore(First).ThrowIfFailed();
        File.WriteAllText(_host.RecordFile(First), "garbage");
        HandoverResult result = _host.Bind(First).ThrowIfFailed();
        Assert.Contains("is ignored", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal("e1000", _host.Record(First)!["before"]!["driver"]!.GetValue<string>());
    }

    [Fact]
    public void A_folder_in_a_records_place_is_named()
    {
        _host.Bind(First).ThrowIfFailed();
        File.Delete(_host.RecordFile(First));
        Directory.CreateDirectory(_host.RecordFile(First));
        HandoverResult result = _host.Restore(First);
        Assert.Contains("it is a folder", result.Warnings[0], StringComparison.Ordinal);
        Assert.Contains(_host.RecordFile(First), Assert.Single(result.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_others_may_write_into_is_refused_before_anything_is_changed()
    {
        Directory.CreateDirectory(_host.Site.RecordFolder);
        File.SetUnixFileMode(_host.Site.RecordFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);
        VfioException error = Assert.Single(_host.Bind(First).Errors);
        Assert.Equal(_host.Site.RecordFolder, error.Subject);
        Assert.Empty(_host.Writer.Written);
    }

    [Fact]
    public void A_function_that_another_one_moves_is_waited_for_and_then_refused_with_its_process()
    {
        var records = new RecordStore(_host.Site);
        records.RequireFolder();
        using (DeviceLocks.Take(records, [PciAddress.Parse(First)], TimeSpan.FromSeconds(1)))
        {
            HandoverResult result = _host.Bind(new BindOptions { Timeout = TimeSpan.FromMilliseconds(1) }, First);
            VfioException error = Assert.Single(result.Errors);
            Assert.Equal(VfioErrorKind.GroupBusy, error.Kind);
            Assert.Contains($"process {Environment.ProcessId} is moving the device", error.Message, StringComparison.Ordinal);
            Assert.Empty(_host.Writer.Written);
        }

        _host.Bind(First).ThrowIfFailed();
    }

    [Fact]
    public async Task Two_that_want_the_same_functions_both_succeed()
    {
        const string Second = "0000:03:02.0";
        _host.AddFunction(Second, driver: "8139cp");
        HandoverResult[] results = await Task.WhenAll(Task.Run(() => _host.Bind(First, Second)), Task.Run(() => _host.Bind(Second, First)));
        Assert.All(results, static result => result.ThrowIfFailed());
        Assert.Equal(2, results.Sum(static result => result.Devices.Count(static change => change.Changed)));
        _host.Restore(First, Second).ThrowIfFailed();
        Assert.Equal("e1000 (null)", _host.State(First));
    }

    private void Ignored(Action<JsonObject> spoil, string reason) => IgnoredFile(
        file =>
        {
            JsonObject record = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            spoil(record);
            File.WriteAllText(file, record.ToJsonString());
        },
        reason);

    // Without its record the function goes to whom the kernel chooses.
    private void IgnoredFile(Action<string> spoil, string reason)
    {
        _host.Bind(First).ThrowIfFailed();
        spoil(_host.RecordFile(First));
        HandoverResult result = _host.Restore(First).ThrowIfFailed();
        Assert.Equal(2, result.Warnings.Count);
        Assert.StartsWith(_host.RecordFile(First) + " is ignored: ", result.Warnings[0], StringComparison.Ordinal);
        Assert.Contains(reason, result.Warnings[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Warnings[0]);
        Assert.Equal("e1000 (null)", _host.State(First));
        Assert.Null(_host.Record(First));
    }
}
