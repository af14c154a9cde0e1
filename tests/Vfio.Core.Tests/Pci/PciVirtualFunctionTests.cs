using System.Globalization;
using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Virtual functions on files, with a kernel that does what a test wants.</summary>
public sealed class PciVirtualFunctionTests : IDisposable, ISysfsWriter
{
    private const string Address = "0000:01:00.0";

    private readonly FakeSysfs _sysfs = new();
    private readonly FakeKernel _kernel = new();
    private readonly List<string> _writes = [];
    private Exception? _refusal;

    public PciVirtualFunctionTests()
    {
        _sysfs.AddFunction(Address, group: 7, driver: "vfio-pci");
        _sysfs.Write(Address, "sriov_totalvfs", "7\n");
        _sysfs.Write(Address, "sriov_numvfs", "0\n");
        _sysfs.Write(Address, "sriov_drivers_autoprobe", "1\n");
    }

    public void Dispose()
    {
        _sysfs.Dispose();
        _kernel.Dispose();
    }

    void ISysfsWriter.Write(string file, string line)
    {
        string name = Path.GetFileName(file);
        _writes.Add($"{name}={line}");
        if (_refusal is not null && name == "sriov_numvfs")
        {
            throw _refusal;
        }

        File.WriteAllText(file, line + "\n");
        if (name == "sriov_numvfs")
        {
            foreach (string link in Directory.EnumerateFileSystemEntries(_sysfs.Folder(Address), "virtfn*").ToList())
            {
                File.Delete(link);
            }

            for (int i = 0; i < int.Parse(line, CultureInfo.InvariantCulture); i++)
            {
                File.CreateSymbolicLink(Path.Combine(_sysfs.Folder(Address), $"virtfn{i}"), $"../0000:01:10.{i}");
            }
        }
    }

    [Fact]
    public void They_are_made_without_drivers_unless_these_are_wanted()
    {
        PciVirtualFunctions functions = Find();
        Assert.Equal(["0000:01:10.0", "0000:01:10.1"], functions.Enable(2).Select(static it => it.ToString()));
        functions.Disable();
        Assert.Equal(["sriov_drivers_autoprobe=0", "sriov_numvfs=2", "sriov_numvfs=0", "sriov_drivers_autoprobe=1"], _writes);

        _writes.Clear();
        Assert.Single(functions.Enable(1, probe: true));
        functions.Disable();
        functions.Disable();
        Assert.Equal(["sriov_numvfs=1", "sriov_numvfs=0", "sriov_numvfs=0"], _writes);
    }

    [Fact]
    public void Wrong_numbers_and_times_are_refused_before_anything_is_written()
    {
        PciVirtualFunctions functions = Find();
        Assert.Throws<ArgumentOutOfRangeException>(() => functions.Enable(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => functions.Enable(8));
        Assert.Throws<ArgumentOutOfRangeException>(() => functions.Enable(1, timeout: TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => functions.Disable(Timeout.InfiniteTimeSpan));
        Assert.Throws<ArgumentOutOfRangeException>(() => functions.Disable(TimeSpan.FromDays(2)));
        File.CreateSymbolicLink(Path.Combine(_sysfs.Folder(Address), "virtfn0"), "../0000:01:10.0");
        ErrorAssert.Refused(VfioErrorKind.DeviceBusy, "write sriov_numvfs", 0, Address, () => functions.Enable(1));
        Assert.Empty(_writes);
    }

    [Theory]
    [InlineData(Errno.ENOENT, VfioErrorKind.NotSupported, "enable_sriov")]
    [InlineData(Errno.EBUSY, VfioErrorKind.DeviceBusy, "Disable")]
    [InlineData(Errno.EINVAL, VfioErrorKind.Refused, "enable_sriov")]
    [InlineData(Errno.ENOMEM, VfioErrorKind.Refused, "pci=realloc")]
    [InlineData(Errno.EPERM, VfioErrorKind.Refused, "kernel log")]
    public void A_refusal_says_what_may_help_and_puts_probing_back(int errno, VfioErrorKind kind, string remedy)
    {
        _refusal = new IOException("the test refuses", errno);
        string file = Path.Combine(_sysfs.Folder(Address), "sriov_numvfs");
        VfioException refusal = ErrorAssert.Refused(kind, "write " + file, errno, Address, () => Find().Enable(2));
        Assert.Contains(remedy, refusal.Remedy, StringComparison.Ordinal);
        Assert.Equal("1\n", _sysfs.Read(Address, "sriov_drivers_autoprobe"));
    }

    [Fact]
    public void Who_may_not_write_is_told()
    {
        _refusal = new UnauthorizedAccessException("no");
        Assert.Equal(VfioErrorKind.PermissionDenied, Assert.Throws<VfioException>(() => Find().Enable(2)).Kind);
    }

    [Fact]
    public void A_driver_that_cannot_make_them_is_named()
    {
        _refusal = new IOException("no such", Errno.ENOENT);
        _sysfs.Bind(Address, "e1000e");
        Assert.Contains("e1000e", Assert.Throws<VfioException>(() => Find().Enable(2)).Problem, StringComparison.Ordinal);
        _sysfs.Bind(Address, null);
        Assert.Contains("no driver", Assert.Throws<VfioException>(() => Find().Enable(2)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_waits_for_a_user_is_waited_for_only_so_long()
    {
        PciVirtualFunctions functions = Find();
        functions.Enable(1);
        _refusal = new HangingWriteException("/sys/x/sriov_numvfs", TimeSpan.FromSeconds(3), 4711);

        VfioException refusal = Assert.Throws<VfioException>(() => functions.Disable());

        Assert.Equal((VfioErrorKind.InUse, 0), (refusal.Kind, refusal.Errno));
        Assert.Contains("3 seconds", refusal.Problem, StringComparison.Ordinal);
        Assert.Contains("4711", refusal.Remedy, StringComparison.Ordinal);

        // Once it has gone through, probing is put back by whoever asks again.
        _refusal = null;
        functions.Disable();
        Assert.Equal("1\n", _sysfs.Read(Address, "sriov_drivers_autoprobe"));
    }

    [Fact]
    public void A_function_without_sriov_has_none()
    {
        _sysfs.AddFunction("0000:00:05.0", group: 8);
        ErrorAssert.Refused(VfioErrorKind.NotSupported, "read sriov_totalvfs", 0, "0000:00:05.0", () => Find("0000:00:05.0"));
        Assert.Equal(VfioErrorKind.NoSuchDevice, Assert.Throws<VfioException>(() => Find("0000:00:06.0")).Kind);
    }

    private PciVirtualFunctions Find(string address = Address)
        => new(new VfioHost(_kernel, _sysfs.Paths), PciAddress.Parse(address), _ => this);
}
