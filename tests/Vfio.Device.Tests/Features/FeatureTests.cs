using System.Buffers.Binary;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Vfio.Native;
using Xunit;

namespace Vfio.Device.Tests.Features;

/// <summary>What devices have beyond regions and interrupts.</summary>
public sealed class FeatureTests
{
    private const string Mtty = "/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-2/create";

    [Fact]
    public void Vfio_pci_has_low_power_and_neither_migration_nor_another_bus_master()
    {
        using var taken = new Taken(TestDevice.Edu());

        IReadOnlyDictionary<DeviceFeature, DeviceFeatureSupport> support = taken.Device.Features.GetAllSupport();

        Assert.Equal(Enum.GetValues<DeviceFeature>().Length, support.Count);
        Assert.Equal(DeviceFeatureSupport.Set, support[DeviceFeature.LowPowerEntry]);
        Assert.Equal(DeviceFeatureSupport.Set, support[DeviceFeature.LowPowerEntryWithWakeup]);
        Assert.Equal(DeviceFeatureSupport.Set, support[DeviceFeature.LowPowerExit]);
        Assert.Equal(DeviceFeatureSupport.None, support[DeviceFeature.PciVfToken]);
        Assert.Equal(DeviceFeatureSupport.None, support[DeviceFeature.Migration]);
        Assert.Equal(DeviceFeatureSupport.None, support[DeviceFeature.BusMaster]);
        Assert.Equal(DeviceMigration.None, taken.Device.Features.GetMigration());
        if (Mode.IsIommufd && File.Exists("/dev/iommu") && File.Exists("/sys/module/iommufd/parameters/allow_unsafe_interrupts"))
        {
            // The own kernel is built for it.
            Assert.Equal(DeviceFeatureSupport.Get, support[DeviceFeature.DmaBuf]);
        }
    }

    [Fact]
    public void What_a_device_does_not_have_says_so_and_what_to_do_instead()
    {
        using var taken = new Taken(TestDevice.Edu());
        DeviceFeatures features = taken.Device.Features;

        VfioException master = Assert.Throws<VfioException>(() => features.SetBusMaster(true));
        Assert.Equal((VfioErrorKind.NotSupported, Errno.ENOTTY), (master.Kind, master.Errno));
        Assert.Contains("PciCommand.BusMaster", master.Remedy, StringComparison.Ordinal);

        VfioException token = Assert.Throws<VfioException>(() => features.SetToken(Guid.NewGuid()));
        Assert.Equal((VfioErrorKind.NotSupported, "VFIO_DEVICE_FEATURE_PCI_VF_TOKEN"), (token.Kind, token.Step));

        Assert.Equal(DeviceFeatureSupport.None, features.GetSupport((DeviceFeature)0xfff));
        VfioException unknown = Assert.Throws<VfioException>(() => features.Get((DeviceFeature)0xfff, new byte[8]));
        Assert.Equal((VfioErrorKind.NotSupported, "VFIO_DEVICE_FEATURE 4095"), (unknown.Kind, unknown.Step));

        VfioException direction = Assert.Throws<VfioException>(() => features.Get(DeviceFeature.LowPowerExit, []));
        Assert.Equal((VfioErrorKind.NotSupported, Errno.EINVAL), (direction.Kind, direction.Errno));
    }

    [Fact]
    public void A_feature_by_its_number_and_bytes_is_the_same()
    {
        using var taken = new Taken(TestDevice.Edu());
        taken.Device.Power.EnterLowPower();

        Assert.Equal(0, taken.Device.Features.Set(DeviceFeature.LowPowerExit, []));

        taken.Device.Power.EnterLowPower();
        taken.Device.Power.ExitLowPower();
    }

    [Fact]
    public void A_mediated_device_tells_how_it_migrates()
    {
        Assert.SkipUnless(File.Exists(Mtty), "needs the kernel's mediated sample mtty");
        Mode.RequireMapping();
        var uuid = Guid.NewGuid();
        File.WriteAllText(Mtty, uuid.ToString());
        try
        {
            using VfioDevice device = VfioDevice.Open(uuid);
            const DeviceMigration All = DeviceMigration.StopCopy | DeviceMigration.PeerToPeer | DeviceMigration.PreCopy;
            Assert.Equal(All, device.Features.GetMigration());
            byte[] raw = new byte[sizeof(ulong)];
            Assert.Equal(0, device.Features.Get(DeviceFeature.Migration, raw));
            Assert.Equal((ulong)All, BinaryPrimitives.ReadUInt64LittleEndian(raw));
            Assert.Equal(DeviceFeatureSupport.None, device.Features.GetSupport(DeviceFeature.LowPowerEntry));
            Assert.Equal(
                VfioErrorKind.NotSupported, Assert.Throws<VfioException>(device.Power.EnterLowPower).Kind);
        }
        finally
        {
            File.WriteAllText($"/sys/bus/mdev/devices/{uuid}/remove", "1");
        }
    }
}
