using System.Buffers.Binary;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Iommufd;

/// <summary>What is told of IOMMUs.</summary>
public sealed class HardwareInfoTests
{
    private const uint IntelVtd = 1;

    [Fact]
    public void The_mock_iommu_tells_its_register()
    {
        Mode.RequireIommufd();
        using AddressSpace space = AddressSpace.Create();
        using var mock = new MockDevice(space);

        IommuHardwareInfo info = Read(mock);

        Assert.Equal(MockDevice.InfoType, info.Type);
        Assert.Equal(2 * sizeof(uint), info.Data.Length);
        Assert.Equal(MockDevice.InfoRegister, BinaryPrimitives.ReadUInt32LittleEndian(info.Data.Span[sizeof(uint)..]));
        Assert.True(info.CanTrackDirtyPages);
        Assert.Equal(0, info.PasidBits);
    }

    [Fact]
    public void Capabilities_are_those_of_the_device()
    {
        Mode.RequireIommufd();
        using AddressSpace space = AddressSpace.Create();
        using var mock = new MockDevice(space, MockCommand.DeviceCannotTrack | MockCommand.DeviceHasPasids);

        IommuHardwareInfo info = Read(mock);

        Assert.False(info.CanTrackDirtyPages);
        Assert.Equal(MockDevice.PasidBits, info.PasidBits);
    }

    [Fact]
    public void The_iommu_of_a_real_device_tells_its_registers()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());

        IommuHardwareInfo info = taken.Device.GetIommuInfo();

        Assert.Equal(info.Type == 0, info.Data.IsEmpty);
        if (Environment.GetEnvironmentVariable("VFIO_LAB") == "1")
        {
            // The capability register of QEMU's VT-d, which never reads as zero, lies behind flags and padding.
            Assert.Equal(IntelVtd, info.Type);
            Assert.NotEqual(0ul, BinaryPrimitives.ReadUInt64LittleEndian(info.Data.Span[8..]));
            Assert.False(info.CanTrackDirtyPages);
        }
    }

    [Fact]
    public void A_container_tells_nothing_of_the_iommu()
    {
        Mode.RequireContainer();
        using var taken = new Taken(TestDevice.Any());

        VfioException refusal = Assert.Throws<VfioException>(() => taken.Device.GetIommuInfo());

        Assert.Equal(VfioErrorKind.NotSupported, refusal.Kind);
    }

    private static IommuHardwareInfo Read(MockDevice mock)
        => HardwareInfoReader.Read(mock.Iommufd.Kernel, mock.Iommufd, mock.Id, "the mock device");
}
