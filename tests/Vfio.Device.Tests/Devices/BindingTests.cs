using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

public sealed class BindingTests
{
    [Fact]
    public void A_device_goes_to_vfio_and_back_to_its_own_driver()
    {
        PciAddress address = TestDevice.BridgedE1000();
        using DriverBinding home = DriverBinding.Bind(address, "e1000");
        Assert.Equal("e1000", PciFunction.Read(address).Driver);

        DriverBinding binding = DriverBinding.Bind(address);
        Assert.Equal("e1000", binding.PreviousDriver);
        Assert.Equal("vfio-pci", PciFunction.Read(address).Driver);

        binding.Restore();
        Assert.Equal("e1000", PciFunction.Read(address).Driver);
    }

    [Fact]
    public void Binding_what_is_bound_changes_nothing()
    {
        PciAddress address = TestDevice.Any();
        using DriverBinding outer = DriverBinding.Bind(address);
        using (DriverBinding inner = DriverBinding.Bind(address))
        {
            Assert.Equal("vfio-pci", inner.PreviousDriver);
        }

        Assert.Equal("vfio-pci", PciFunction.Read(address).Driver);
    }

    [Fact]
    public void A_driver_that_refuses_is_seen_although_the_probe_reports_success()
    {
        PciAddress address = TestDevice.Edu();
        string? before = PciFunction.Read(address).Driver;

        VfioException refusal = Assert.Throws<VfioException>(() => DriverBinding.Bind(address, "e1000").Dispose());

        Assert.Equal(VfioErrorKind.BindFailed, refusal.Kind);
        Assert.Equal(before, PciFunction.Read(address).Driver);
    }

    [Fact]
    public void A_driver_that_does_not_exist_is_named()
    {
        VfioException refusal = Assert.Throws<VfioException>(
            () => DriverBinding.Bind(TestDevice.Any(), "no-such-driver").Dispose());

        Assert.Equal(VfioErrorKind.NoVfio, refusal.Kind);
        Assert.Contains("no-such-driver", refusal.Message, StringComparison.Ordinal);
    }
}
