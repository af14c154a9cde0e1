using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Devices;

/// <summary>Devices that a driver of the kernel makes up: the kernel's sample of two serial ports.</summary>
public sealed class MediatedDeviceTests
{
    private const string Parent = "/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2/create";

    [Fact]
    public void A_mediated_device_is_found_by_its_uuid()
    {
        Assert.SkipUnless(File.Exists(Parent), "needs the kernel's mediated sample mtty");
        Mode.RequireMapping();
        var uuid = Guid.NewGuid();
        string folder = $"/sys/bus/mdev/devices/{uuid}";
        File.WriteAllText(Parent, uuid.ToString());
        try
        {
            using (VfioDevice device = VfioDevice.Open(uuid))
            {
                Assert.Equal(uuid.ToString(), device.Name);
                Assert.True(device.IsIsolated);
                Assert.Equal(0x4348, device.Config.VendorId);
                Assert.True(device.Regions.Bar(0).IsPresent);
                if (!Mode.IsNoIommu)
                {
                    Assert.Equal(Mode.Backend, device.Backend);
                }
            }

            VfioDevice.Open(uuid).Dispose();
        }
        finally
        {
            File.WriteAllText($"{folder}/remove", "1");
        }
    }

    [Fact]
    public void A_uuid_without_a_device_is_named()
    {
        var uuid = Guid.NewGuid();

        VfioException refusal = Assert.Throws<VfioException>(() => VfioDevice.Open(uuid));

        Assert.Equal(VfioErrorKind.NoSuchDevice, refusal.Kind);
        Assert.Equal(uuid.ToString(), refusal.Subject);
    }
}
