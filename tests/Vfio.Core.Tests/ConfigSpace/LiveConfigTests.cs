namespace Vfio.Core.Tests;

/// <summary>The same decoders on a device that is open.</summary>
public sealed class LiveConfigTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Capabilities_are_read_from_the_device()
    {
        using VfioDevice device = Open(LabImages.IgbPhysical());

        Assert.True(device.Config.TryGet(out PciMsix msix));
        Assert.Equal(10, msix.TableSize);
        Assert.True(device.Config.TryGet(out PciSriov sriov));
        Assert.Equal(0x10ca, sriov.VfDeviceId);
        Assert.False(device.Config.TryGet(out PciAdvancedFeatures _));
        Assert.False(device.Config.TryGet(out PciAccessControlServices _));
    }

    [Fact]
    public void A_capability_that_does_not_fit_is_refused()
    {
        using VfioDevice device = Open(new ConfigBytes(256).Capability(0xfc, 0x11));

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => device.Config.TryGet(out PciMsix _));

        Assert.Contains("the capability at 0xfc does not fit", error.Message, StringComparison.Ordinal);
        Assert.Contains(FakeMachine.Address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_is_malformed_is_refused()
    {
        using VfioDevice device = Open(new ConfigBytes(256).Capability(0x40, 5, "00 00").At(0x41, "40"));

        Assert.Throws<InvalidDataException>(() => device.Config.TryGet(out PciMsix _));
        Assert.True(device.Config.TryGet(out PciMsi _));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(4096)]
    public void An_image_has_all_of_it(int length)
    {
        using VfioDevice device = Open(LabImages.IgbPhysical(), length);

        PciConfigImage image = PciConfigImage.Read(device.Config);

        Assert.Equal(LabImages.IgbPhysical().Array.AsSpan(0, length), image.Bytes);
        Assert.Equal(length > 256 ? PciPresence.Present : PciPresence.Unknown, image.Find(out PciSriov _));
    }

    private VfioDevice Open(ConfigBytes bytes, int? length = null)
    {
        _machine.Device.AddRegion((int)Native.VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX, length ?? bytes.Array.Length);
        VfioDevice device = _machine.Open();
        _machine.Device.Config.Poke(0, bytes.Array.AsSpan(0, length ?? bytes.Array.Length));
        return device;
    }
}
