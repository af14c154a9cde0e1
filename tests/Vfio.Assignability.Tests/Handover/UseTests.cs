namespace Vfio.Assignability.Tests.Handover;

/// <summary>What the host uses is not taken unasked.</summary>
public sealed class UseTests : IDisposable
{
    private const string First = "0000:00:04.0";
    private const string Second = "0000:00:05.0";

    private readonly FakeHost _host = new();

    public UseTests()
    {
        _host.AddFunction(First, group: 1, driver: "nvme");
        _host.AddFunction(Second, group: 2, driver: "i915", classCode: "0x030000");
    }

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(UseKind.MountedFileSystem, true)]
    [InlineData(UseKind.Chipset, true)]
    [InlineData(UseKind.OpenNode, true)]
    [InlineData(UseKind.Console, false)]
    [InlineData(UseKind.Display, false)]
    public void What_the_host_must_not_lose_is_refused_and_named_and_taken_if_forced(UseKind kind, bool isCritical)
    {
        _host.Uses.Add(First, kind, isCritical, "/mnt is mounted from /dev/nvme0n1");

        VfioException error = Assert.Single(_host.Bind(Second, First).Errors);

        Assert.Equal(VfioErrorKind.InUse, error.Kind);
        Assert.Equal(First, error.Subject);
        Assert.Contains("the host uses it: /mnt is mounted from /dev/nvme0n1", error.Message, StringComparison.Ordinal);
        Assert.Contains("--force", error.Message, StringComparison.Ordinal);
        Assert.Equal("nvme (null)", _host.State(First));
        Assert.Equal("i915 (null)", _host.State(Second));
        HandoverResult forced = _host.Bind(new BindOptions { Force = true }, First).ThrowIfFailed();
        Assert.Contains("/mnt is mounted", Assert.Single(forced.Warnings), StringComparison.Ordinal);
        Assert.Equal("vfio-pci vfio-pci", _host.State(First));
    }

    [Theory]
    [InlineData(UseKind.Input)]
    [InlineData(UseKind.Sound)]
    public void What_would_only_be_missed_is_told(UseKind kind)
    {
        _host.Uses.Add(First, kind, false, "a keyboard is on it");
        HandoverResult result = _host.Bind(First).ThrowIfFailed();
        Assert.Equal("0000:00:04.0: the host loses this: a keyboard is on it", Assert.Single(result.Warnings));
    }

    [Fact]
    public void A_display_beside_another_one_may_go_but_not_both()
    {
        const string Third = "0000:01:00.0";
        _host.AddFunction(Third, group: 3, driver: "amdgpu", classCode: "0x030000");
        _host.Uses.Add(Second, UseKind.Display, false, "it shows DP-1");
        _host.Uses.Add(Third, UseKind.Display, false, "it shows HDMI-1");

        VfioException error = Assert.Single(_host.Bind(Second, Third).Errors);
        Assert.Contains("it shows DP-1; 0000:01:00.0: the host uses it: it shows HDMI-1", error.Message, StringComparison.Ordinal);
        Assert.Single(_host.Bind(Second).ThrowIfFailed().Warnings);
        Assert.Equal("vfio-pci vfio-pci", _host.State(Second));
    }

    [Fact]
    public void Virtual_functions_end_with_the_driver_and_are_named()
    {
        const string Virtual = "0000:01:10.0";
        const string Other = "0000:01:10.2";
        _host.AddVirtualFunctions(First, Virtual, Other);
        _host.Uses.Add(Other, UseKind.HeldThroughVfio, true, "qemu (77) has it open");

        VfioException error = Assert.Single(_host.Bind(First).Errors);

        Assert.Equal(VfioErrorKind.InUse, error.Kind);
        Assert.Contains(
            "its 2 virtual functions end with its driver: 0000:01:10.0, 0000:01:10.2; of 0000:01:10.2 the host uses this: qemu (77) has it open",
            error.Message,
            StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(_host.Paths.PciDevices, Virtual)));
        Assert.Single(_host.Bind(new BindOptions { Force = true }, First).ThrowIfFailed().Warnings);
        Assert.False(Directory.Exists(Path.Combine(_host.Paths.PciDevices, Virtual)));
    }

    [Fact]
    public void What_could_not_be_looked_at_is_told()
    {
        _host.Uses.Unknown = [new UnknownFact("the mounts", "/proc/self/mountinfo", "EACCES")];
        Assert.Equal(
            "a use of the host's may be hidden: the mounts (/proc/self/mountinfo: EACCES)", Assert.Single(_host.Bind(First).ThrowIfFailed().Warnings));
    }

    [Fact]
    public void A_function_that_a_process_has_open_is_restored_only_if_forced()
    {
        _host.Bind(First).ThrowIfFailed();
        _host.Uses.Add(First, UseKind.HeldThroughVfio, true, "qemu (77) has /dev/vfio/1 open", new ProcessHolder(77, "qemu", "/dev/vfio/1"));

        VfioException error = Assert.Single(_host.Restore(First).Errors);

        Assert.Equal(("restore", First), (error.Step, error.Subject));
        Assert.Contains("qemu (77) has /dev/vfio/1 open", error.Message, StringComparison.Ordinal);
        Assert.Equal("vfio-pci vfio-pci", _host.State(First));
        Assert.NotNull(_host.Record(First));
        _host.Restore(new RestoreOptions { Force = true }, First).ThrowIfFailed();
        Assert.Equal("nvme (null)", _host.State(First));
    }
}
