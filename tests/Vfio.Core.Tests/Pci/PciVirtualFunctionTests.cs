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
    private Action? _beforeRefusal;

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
            _beforeRefusal?.Invoke();
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
    public void During_a_removal_those_that_are_left_count_and_the_one_that_is_open_here_is_named()
    {
        var host = new VfioHost(_kernel, _sysfs.Paths);
        var functions = new PciVirtualFunctions(host, PciAddress.Parse(Address), _ => this);
        functions.Enable(3);
        host.OpenFunctions.TryAdd("0000:01:10.0");
        _refusal = new HangingWriteException("/sys/x/sriov_numvfs", TimeSpan.FromSeconds(3), 4711);

        // As the kernel does: the link goes, and then the user is waited for.
        _beforeRefusal = () => File.Delete(Path.Combine(_sysfs.Folder(Address), "virtfn0"));
        for (int attempt = 0; attempt < 2; attempt++)
        {
            Assert.Contains("This process has 0000:01:10.0 open", Assert.Throws<VfioException>(() => functions.Disable()).Remedy, StringComparison.Ordinal);
            Assert.Equal(2, functions.Count);
            Assert.Equal(["0000:01:10.1", "0000:01:10.2"], functions.Addresses.Select(static it => it.ToString()));
        }

        Assert.Equal(VfioErrorKind.DeviceBusy, Assert.Throws<VfioException>(() => functions.Enable(1)).Kind);
    }

    [Fact]
    public void What_was_changed_about_probing_is_known_until_it_is_put_back()
    {
        PciVirtualFunctions functions = Find();
        var hanging = new HangingWriteException("/sys/x/sriov_numvfs", TimeSpan.FromSeconds(3), 4711);
        functions.Enable(2);
        _refusal = hanging;
        Assert.Throws<VfioException>(() => functions.Disable());

        // The removal that hung has ended.
        File.Delete(Path.Combine(_sysfs.Folder(Address), "virtfn0"));
        File.Delete(Path.Combine(_sysfs.Folder(Address), "virtfn1"));
        _refusal = null;
        functions.Enable(1);
        functions.Disable();
        Assert.Equal("1\n", _sysfs.Read(Address, "sriov_drivers_autoprobe"));

        // One that hung while they were made.
        _refusal = hanging;
        Assert.Throws<VfioException>(() => functions.Enable(1));
        Assert.Equal("0\n", _sysfs.Read(Address, "sriov_drivers_autoprobe"));
        _refusal = null;
        functions.Disable();
        Assert.Equal("1\n", _sysfs.Read(Address, "sriov_drivers_autoprobe"));

        // What was put back is not put back again.
        _refusal = new IOException("busy", Errno.EBUSY);
        Assert.Throws<VfioException>(() => functions.Enable(1));
        _refusal = null;
        _writes.Clear();
        functions.Disable();
        Assert.Equal(["sriov_numvfs=0"], _writes);
    }

    [Fact]
    public void A_physical_function_that_is_gone_is_no_matter_of_its_driver()
    {
        PciVirtualFunctions functions = Find();
        string file = Path.Combine(_sysfs.Folder(Address), "sriov_numvfs");
        _refusal = new IOException("no such", Errno.ENOENT);
        Directory.Delete(_sysfs.Folder(Address), recursive: true);
        ErrorAssert.Refused(VfioErrorKind.NoSuchDevice, "write " + file, Errno.ENOENT, Address, () => functions.Disable());
        Assert.Equal(VfioErrorKind.NoSuchDevice, Assert.Throws<VfioException>(() => functions.Enable(1)).Kind);
        Assert.Equal(0, functions.Count);
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
