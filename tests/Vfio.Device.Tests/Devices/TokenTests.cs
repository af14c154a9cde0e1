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
    public void Two_virtual_functions_open_with_the_right_token_each_time_and_never_with_a_wrong_one()
    {
        Mode.RequireIommu();
        PciAddress address = TestDevice.Igb();
        using var allowed = new SriovSwitch(allowed: true);
        using DriverBinding binding = DriverBinding.Bind(address);
        using VfioDevice physical = VfioDevice.Open(address, new VfioDeviceOptions { Token = _token });
        PciVirtualFunctions functions = PciVirtualFunctions.Of(address);
        IReadOnlyList<PciAddress> made = functions.Enable(2);
        try
        {
            using DriverBinding first = DriverBinding.Bind(made[0]);
            using DriverBinding second = DriverBinding.Bind(made[1]);
            foreach (PciAddress virtualFunction in made)
            {
                Assert.Equal(VfioErrorKind.TokenRequired, Refusal(virtualFunction, token: null).Kind);
                Assert.Equal(VfioErrorKind.TokenRequired, Refusal(virtualFunction, Guid.NewGuid()).Kind);
            }

            using VfioDevice one = VfioDevice.Open(made[0], new VfioDeviceOptions { Token = _token });
            using VfioDevice two = VfioDevice.Open(made[1], new VfioDeviceOptions { Token = _token });
            Assert.Equal([.. made.Select(static it => it.ToString())], [one.Name, two.Name]);

            // While they are in use, the physical function too opens with the token only.
            physical.Dispose();
            Assert.Equal(VfioErrorKind.TokenRequired, Refusal(address, token: null).Kind);
            Assert.Equal(VfioErrorKind.TokenRequired, Refusal(address, Guid.NewGuid()).Kind);
            VfioDevice.Open(address, new VfioDeviceOptions { Token = _token }).Dispose();
        }
        finally
        {
            functions.Disable();
        }
    }

    [Fact]
    public void A_token_that_is_set_on_an_open_physical_function_holds_from_then_on()
    {
        Mode.RequireIommu();
        PciAddress address = TestDevice.Igb();
        using var allowed = new SriovSwitch(allowed: true);
        using DriverBinding binding = DriverBinding.Bind(address);
        using VfioDevice physical = VfioDevice.Open(address);
        Assert.Equal(DeviceFeatureSupport.Set, physical.Features.GetSupport(DeviceFeature.PciVfToken));
        PciVirtualFunctions functions = PciVirtualFunctions.Of(address);
        PciAddress virtualFunction = functions.Enable(1)[0];
        try
        {
            using DriverBinding virtualBinding = DriverBinding.Bind(virtualFunction);

            // Nobody has set one: the kernel has made one up.
            Assert.Equal(VfioErrorKind.TokenRequired, Refusal(virtualFunction, _token).Kind);
            physical.Features.SetToken(_token);
            VfioDevice.Open(virtualFunction, new VfioDeviceOptions { Token = _token }).Dispose();

            var other = Guid.NewGuid();
            physical.Features.SetToken(other);
            Assert.Equal(VfioErrorKind.TokenRequired, Refusal(virtualFunction, _token).Kind);
            VfioDevice.Open(virtualFunction, new VfioDeviceOptions { Token = other }).Dispose();
        }
        finally
        {
            functions.Disable();
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
