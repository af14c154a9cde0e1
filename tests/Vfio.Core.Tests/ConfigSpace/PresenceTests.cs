namespace Vfio.Core.Tests;

/// <summary>What is not there is told from what the bytes do not say.</summary>
public sealed class PresenceTests
{
    [Theory]
    [InlineData(4096, PciPresence.Present, PciPresence.Present)]
    [InlineData(256, PciPresence.Present, PciPresence.Unknown)]
    [InlineData(0x160 + 0x3c, PciPresence.Present, PciPresence.Unknown)]
    [InlineData(0x160 + 0x40, PciPresence.Present, PciPresence.Present)]
    [InlineData(0x70 + 11, PciPresence.Unknown, PciPresence.Unknown)]
    [InlineData(64, PciPresence.Unknown, PciPresence.Unknown)]
    [InlineData(0, PciPresence.Unknown, PciPresence.Unknown)]
    public void A_card_with_Msix_and_Sriov(int length, PciPresence msix, PciPresence sriov)
    {
        PciConfigImage image = LabImages.IgbPhysical().First(length);

        Assert.Equal(length, image.Length);
        Assert.Equal(msix, image.Find(out PciMsix _));
        Assert.Equal(sriov, image.Find(out PciSriov _));
        Assert.Equal(msix == PciPresence.Present, image.TryGet(out PciMsix _));
    }

    [Fact]
    public void What_a_card_has_not()
    {
        PciConfigImage all = LabImages.IgbPhysical().Image;
        Assert.Equal((PciPresence.Absent, PciPresence.Absent), (all.Find(out PciAdvancedFeatures _), all.Find(out PciAccessControlServices _)));
        Assert.True(all.Capabilities.End.IsComplete && all.ExtendedCapabilities.End.IsComplete);
        Assert.Null(all.ExtendedCapabilities.End.Problem);

        PciConfigImage first = LabImages.IgbPhysical().First(256);
        Assert.Equal((PciPresence.Absent, PciPresence.Unknown), (first.Find(out PciAdvancedFeatures _), first.Find(out PciAccessControlServices _)));
        Assert.Equal(new PciChainEnd(PciChainState.Unknown, 0x100), first.ExtendedCapabilities.End);

        PciConfigImage header = LabImages.IgbPhysical().First(64);
        Assert.Equal((PciPresence.Unknown, PciPresence.Unknown), (header.Find(out PciAdvancedFeatures _), header.Find(out PciAccessControlServices _)));
        Assert.Equal(new PciChainEnd(PciChainState.Unknown, 0x40), header.Capabilities.End);
        Assert.Equal("is not known from 0x40 on", header.Capabilities.End.Problem);
    }

    [Theory]
    [InlineData(256, PciPresence.Present, PciPresence.Absent)]
    [InlineData(64, PciPresence.Unknown, PciPresence.Unknown)]
    public void A_conventional_device_has_no_extended_capabilities(int length, PciPresence msi, PciPresence acs)
    {
        PciConfigImage image = LabImages.Edu().First(length);

        Assert.Equal((msi, acs), (image.Find(out PciMsi _), image.Find(out PciAccessControlServices _)));
    }

    [Fact]
    public void Without_a_list_64_bytes_tell_all()
    {
        PciConfigImage image = LabImages.E1000().First(64);

        Assert.Equal((PciPresence.Absent, PciPresence.Absent), (image.Find(out PciExpress _), image.Find(out PciSriov _)));
        Assert.Equal(PciPresence.Absent, image.ExtendedSpace);
    }

    [Fact]
    public void A_host_bridge_may_have_more_than_its_list_says()
        => Assert.Equal(PciPresence.Unknown, new ConfigBytes(256).At(0x09, "00 00 06").Image.ExtendedSpace);

    [Theory]
    [InlineData("00 00 00 00 03 00", PciPresence.Absent)]
    [InlineData("00 00 00 00 00 40", PciPresence.Unknown)]
    [InlineData("00 00 00 00 00 80", PciPresence.Unknown)]
    public void The_second_mode_of_PciX_has_extended_space(string body, PciPresence space)
        => Assert.Equal(space, new ConfigBytes(256).Capability(0x40, 7, body).Image.ExtendedSpace);

    [Fact]
    public void Of_a_device_that_is_gone_nothing_is_known()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0xff, 4096)];
        var image = new PciConfigImage(bytes);

        Assert.True(image.IsGone);
        Assert.Equal((PciPresence.Unknown, PciPresence.Unknown), (image.Find(out PciExpress _), image.Find(out PciSriov _)));
        Assert.Equal((PciChainState.Unknown, PciChainState.Unknown), (image.Capabilities.End.State, image.ExtendedCapabilities.End.State));
        foreach (PciCapability capability in image.Capabilities)
        {
            Assert.Fail($"{capability}");
        }
    }

    [Fact]
    public void More_than_there_can_be_is_refused()
        => Assert.Contains("4097", Assert.Throws<ArgumentException>(() => new PciConfigImage(new byte[4097])).Message, StringComparison.Ordinal);

    [Fact]
    public void An_image_keeps_its_bytes()
    {
        byte[] bytes = LabImages.Edu().Array;
        var image = new PciConfigImage(bytes);
        bytes[0] = 0;

        Assert.Equal(0x34, image.Bytes[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => image.BytesAt(-1).Length);
        Assert.Equal(0, image.BytesAt(256).Length);
        Assert.Equal(192, image.BytesAt(64).Length);
        Assert.Equal(4096 - 256, LabImages.Nvme().Image.BytesAt(256).Length);
    }

    [Fact]
    public void Files_are_read_as_far_as_they_go()
    {
        string path = Path.GetTempFileName();
        try
        {
            Assert.Null(PciConfigImage.ReadFile(path));
            File.WriteAllBytes(path, LabImages.IgbPhysical().Array.AsSpan(0, 64));
            Assert.Equal(64, PciConfigImage.ReadFile(path)!.Length);
            File.WriteAllBytes(path, [.. LabImages.IgbPhysical().Array, 1, 2, 3]);
            Assert.True(PciConfigImage.ReadFile(path)!.TryGet(out PciSriov _));
        }
        finally
        {
            File.Delete(path);
        }

        Assert.Null(PciConfigImage.ReadFile(path));
        Assert.Null(PciConfigImage.ReadFile(Path.GetTempPath()));
        Assert.Equal(
            VfioErrorKind.NoSuchDevice,
            Assert.Throws<VfioException>(() => PciConfigImage.Read(PciAddress.Parse("ffffffff:ff:1f.7"))).Kind);
    }
}
