using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>Which back end a program gets, by the host, by an option and by the environment.</summary>
public sealed class BackendChoiceTests
{
    private static readonly bool _hasIommufd = File.Exists("/dev/iommu");

    [Fact]
    public void The_environment_and_an_option_force_a_back_end()
    {
        Mode.RequireIommu();
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);
        foreach ((string? wish, VfioBackend expected, bool needsIommufd) in Wishes())
        {
            if (needsIommufd && !_hasIommufd)
            {
                continue;
            }

            var host = new VfioHost(LinuxKernel.Instance, HostPaths.Root, wish);
            using (VfioDevice device = VfioDevice.Open(host, address, options: null))
            {
                Assert.Equal(expected, device.Backend);
            }

            using (VfioDevice device = VfioDevice.Open(address, new VfioDeviceOptions { Backend = expected }))
            {
                Assert.Equal(expected, device.Backend);
            }
        }
    }

    [Fact]
    public void A_back_end_that_is_forced_and_missing_is_named()
    {
        Assert.SkipWhen(_hasIommufd, "needs a kernel without iommufd");
        PciAddress address = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(address);

        VfioException refusal = Assert.Throws<VfioException>(
            () => VfioDevice.Open(address, new VfioDeviceOptions { Backend = VfioBackend.Iommufd }));

        Assert.Equal(VfioErrorKind.NoVfio, refusal.Kind);
        Assert.Contains("VFIO_BACKEND=type1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wish_that_is_no_back_end_is_named_with_those_that_are()
    {
        var host = new VfioHost(LinuxKernel.Instance, HostPaths.Root, "type3");

        VfioException refusal = Assert.Throws<VfioException>(() => AddressSpace.Create(host, options: null));

        Assert.Equal(VfioBackendName.Variable, refusal.Subject);
        Assert.Contains("compat-type1v2", refusal.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string? Wish, VfioBackend Expected, bool NeedsIommufd)> Wishes() =>
    [
        (null, _hasIommufd ? VfioBackend.Iommufd : VfioBackend.Type1V2, false),
        ("auto", _hasIommufd ? VfioBackend.Iommufd : VfioBackend.Type1V2, false),
        ("iommufd", VfioBackend.Iommufd, true),
        ("type1", VfioBackend.Type1V2, false),
        ("TYPE1V1", VfioBackend.Type1V1, false),
        ("compat", VfioBackend.CompatType1V2, true),
        ("compat-type1v1", VfioBackend.CompatType1V1, true),
    ];
}
