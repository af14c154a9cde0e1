using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>The token that ties virtual functions to the owner of their physical function.</summary>
public sealed class TokenTests
{
    private static readonly Guid _token = Guid.Parse("5f3a9c1e-0b7d-4e62-9a48-c1d2e3f40516");

    [Fact]
    public void A_virtual_function_opens_with_the_token_of_its_physical_function_only()
    {
        Mode.RequireIommu();
        Assert.SkipUnless(Directory.Exists("/sys/module/vfio_pci"), "needs vfio-pci with SR-IOV");
        PciAddress address = TestDevice.Igb();
        using DriverBinding binding = DriverBinding.Bind(address);
        using VirtualFunctions functions = VirtualFunctions.Allow(address);
        using (VfioDevice physical = VfioDevice.Open(address, new VfioDeviceOptions { Token = _token }))
        {
            PciAddress virtualFunction = functions.Create(1);
            using DriverBinding virtualBinding = DriverBinding.Bind(virtualFunction);

            Assert.Equal(VfioErrorKind.TokenRequired, Refusal(virtualFunction, token: null).Kind);
            VfioException wrong = Refusal(virtualFunction, Guid.NewGuid());
            Assert.Equal(VfioErrorKind.TokenRequired, wrong.Kind);
            Assert.Contains("token is not the one", wrong.Message, StringComparison.Ordinal);

            using VfioDevice opened = VfioDevice.Open(virtualFunction, new VfioDeviceOptions { Token = _token });
            Assert.Equal(virtualFunction.ToString(), opened.Name);
        }
    }

    [Fact]
    public void A_device_without_use_for_a_token_says_so()
    {
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);

        VfioException refusal = Assert.Throws<VfioException>(
            () => VfioDevice.Open(address, Mode.DeviceOptions with { Token = _token }));

        Assert.Equal(VfioErrorKind.TokenRequired, refusal.Kind);
        Mode.Open(address).Dispose();
    }

    private static VfioException Refusal(PciAddress address, Guid? token)
        => Assert.Throws<VfioException>(() => VfioDevice.Open(address, new VfioDeviceOptions { Token = token }));
}
