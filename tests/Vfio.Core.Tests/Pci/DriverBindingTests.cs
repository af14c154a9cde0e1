namespace Vfio.Core.Tests;

/// <summary>Binding, on files that no kernel acts on but what a test lets happen.</summary>
public sealed class DriverBindingTests : IDisposable
{
    private const string Address = "0000:00:03.0";
    private const string Override = "driver_override";

    private readonly FakeSysfs _sysfs = new();
    private readonly FakeKernel _kernel = new();

    public DriverBindingTests() => _sysfs.AddDriver("vfio-pci");

    public void Dispose()
    {
        _sysfs.Dispose();
        _kernel.Dispose();
    }

    [Theory]
    [InlineData("-r")]
    [InlineData("../../devices")]
    [InlineData("vfio pci")]
    [InlineData("")]
    public void What_is_no_name_of_a_driver_goes_nowhere(string driver)
        => Assert.ThrowsAny<ArgumentException>(() => DriverBinding.Bind(new PciAddress(0, 0, 3, 0), driver));

    [Fact]
    public void A_probe_after_which_no_link_is_there_has_failed_and_the_override_is_taken_back()
    {
        _sysfs.AddFunction(Address, group: 7);
        VfioException error = ErrorAssert.Refused(VfioErrorKind.BindFailed, "drivers_probe", 0, Address, () => Bind());
        Assert.Contains("vfio-pci did not take the function", error.Message, StringComparison.Ordinal);
        Assert.Contains("no driver has it", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("\n", _sysfs.Read(Address, Override), StringComparison.Ordinal);
        Assert.StartsWith(Address + "\n", File.ReadAllText(_sysfs.Paths.DriversProbe), StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_keeps_the_function_is_named()
    {
        _sysfs.AddFunction(Address, group: 7, driver: "e1000e");
        VfioException error = ErrorAssert.Refused(VfioErrorKind.BindFailed, "drivers_probe", 0, Address, () => Bind());
        Assert.Contains("e1000e has it", error.Message, StringComparison.Ordinal);
        Assert.StartsWith(
            Address, File.ReadAllText(Path.Combine(_sysfs.Paths.PciDrivers, "e1000e", "unbind")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_the_driver_has_already_is_left_alone()
    {
        _sysfs.AddFunction(Address, group: 7, driver: "vfio-pci");
        using DriverBinding binding = Bind();
        Assert.Equal("vfio-pci", binding.PreviousDriver);
        Assert.Null(binding.PreviousOverride);
        binding.Restore();
        binding.Restore();
        Assert.Equal("(null)\n", _sysfs.Read(Address, Override));
        Assert.Empty(File.ReadAllText(_sysfs.Paths.DriversProbe));
    }

    [Fact]
    public void An_address_without_a_function_is_refused()
        => ErrorAssert.Refused(VfioErrorKind.NoSuchDevice, "open", 0, Address, () => Bind());

    [Fact]
    public void A_driver_that_the_kernel_does_not_have_is_refused_before_anything_is_touched()
    {
        _sysfs.AddFunction(Address, group: 7, driver: "e1000e");
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.NoVfio, "modprobe no-such-driver", 0, Address, () => Bind("no-such-driver"));
        Assert.Contains("modprobe no-such-driver", error.Remedy, StringComparison.Ordinal);
        Assert.Equal("(null)\n", _sysfs.Read(Address, Override));
        Assert.Empty(File.ReadAllText(Path.Combine(_sysfs.Paths.PciDrivers, "e1000e", "unbind")));
    }

    [Fact]
    public void A_file_that_may_not_be_written_asks_for_root()
    {
        _sysfs.AddFunction(Address, group: 7);

        // Root may write any file, so the refusal comes from one that nobody can: a folder.
        File.Delete(Path.Combine(_sysfs.Folder(Address), Override));
        Directory.CreateDirectory(Path.Combine(_sysfs.Folder(Address), Override));
        VfioException error = Assert.Throws<VfioException>(() => Bind());
        Assert.Equal(VfioErrorKind.PermissionDenied, error.Kind);
        Assert.Equal("Run as root", error.Remedy);
        Assert.Contains(Override, error.Step, StringComparison.Ordinal);
        Assert.Equal(Address, error.Subject);
    }

    [Fact]
    public void A_function_without_an_IOMMU_stays_with_its_driver()
    {
        _sysfs.AddFunction(Address, driver: "e1000e");
        ErrorAssert.Refused(VfioErrorKind.NoIommu, "open", 0, Address, () => Bind());
        Assert.Empty(File.ReadAllText(Path.Combine(_sysfs.Folder(Address), "driver", "unbind")));
    }

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        _sysfs.AddFunction(Address, group: 7);
        File.Delete(_sysfs.Paths.DriversProbe);
        VfioException error = Assert.Throws<VfioException>(() => Bind());
        Assert.Equal(VfioErrorKind.BindFailed, error.Kind);
        Assert.Contains(_sysfs.Paths.DriversProbe, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        _sysfs.AddFunction(Address, group: 7);
        Assert.Throws<ArgumentException>(() => Bind(string.Empty));
        Assert.Throws<ArgumentNullException>(() => Bind(null!));
    }

    private DriverBinding Bind(string driver = DriverBinding.DefaultDriver)
        => DriverBinding.Bind(new VfioHost(_kernel, _sysfs.Paths), PciAddress.Parse(Address), driver);
}
