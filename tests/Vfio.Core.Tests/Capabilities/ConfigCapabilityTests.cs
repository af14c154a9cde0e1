using FsCheck.Fluent;

namespace Vfio.Core.Tests;

/// <summary>The capability lists of configuration space, from devices that make no sense.</summary>
public sealed class ConfigCapabilityTests : IDisposable
{
    private const int Status = 6;
    private const byte HasList = 0x10;
    private const int Pointer = 0x34;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Capabilities_are_found_in_order()
    {
        using VfioDevice device = Open(256);
        Poke(Status, HasList);
        Poke(Pointer, 0x43);
        Poke(0x40, 0x05, 0x52);
        Poke(0x50, 0x11, 0);
        Assert.Equal([(0x05, 0x40), (0x11, 0x50)], Standard(device));
        Assert.True(device.Config.TryFindCapability(0x11, out PciCapability found));
        Assert.Equal(0x50, found.Offset);
        Assert.False(device.Config.TryFindCapability(0x10, out _));
    }

    [Fact]
    public void Without_the_status_bit_there_is_no_list()
    {
        using VfioDevice device = Open(256);
        Poke(Pointer, 0x40);
        Poke(0x40, 0x05, 0);
        Assert.Empty(Standard(device));
    }

    [Theory]
    [InlineData(0x40, 0x40, "cycle")]
    [InlineData(0x40, 0x3c, "header")]
    [InlineData(0x3c, 0, "header")]
    [InlineData(0x04, 0, "header")]
    public void A_list_that_is_malformed_is_refused(byte first, byte next, string problem)
    {
        using VfioDevice device = Open(256);
        Poke(Status, HasList);
        Poke(Pointer, first);
        Poke(0x40, 0x05, next);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Standard(device));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(FakeMachine.Address, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_leaves_a_short_configuration_space_is_refused()
    {
        using VfioDevice device = Open(64);
        Poke(Status, HasList);
        Poke(Pointer, 0x40);
        Assert.Contains("past the end", Assert.Throws<InvalidDataException>(() => Standard(device)).Message, StringComparison.Ordinal);
        Assert.Empty(Extended(device));
    }

    [Fact]
    public void A_device_that_is_gone_ends_the_walk()
    {
        using VfioDevice device = Open(4096);
        Poke(0, [.. Enumerable.Repeat((byte)0xff, 4096)]);
        Assert.Throws<InvalidDataException>(() => Standard(device));
        Assert.Empty(Extended(device));
    }

    [Fact]
    public void Extended_capabilities_are_found_behind_a_placeholder()
    {
        using VfioDevice device = Open(4096);
        Poke(0x100, 0x00, 0x00, 0x01, 0x15);
        Poke(0x150, 0x0b, 0x00, 0x02, 0x20);
        Poke(0x200, 0x03, 0x00, 0x01, 0x00);
        Assert.Equal([(0x0b, 2, 0x150), (0x03, 1, 0x200)], Extended(device));
        Assert.True(device.Config.TryFindExtendedCapability(3, out PciExtendedCapability found));
        Assert.Equal(0x200, found.Offset);
        Assert.False(device.Config.TryFindExtendedCapability(1, out _));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(4096)]
    public void A_conventional_device_has_no_extended_capabilities(int length)
    {
        using VfioDevice device = Open(length);
        Assert.Empty(Extended(device));
    }

    [Theory]
    [InlineData(0x10, "cycle")]
    [InlineData(0x08, "first 256 bytes")]
    public void An_extended_list_that_is_malformed_is_refused(byte next, string problem)
    {
        using VfioDevice device = Open(4096);
        Poke(0x100, 0x01, 0x00, 0x01, next);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Extended(device));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_extended_list_that_leaves_the_space_is_refused()
    {
        using VfioDevice device = Open(1024);
        Poke(0x100, 0x01, 0x00, 0x01, 0x40);
        Assert.Contains("past the end", Assert.Throws<InvalidDataException>(() => Extended(device)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(4096)]
    public void No_bytes_bring_a_walk_down(int length)
    {
        using VfioDevice device = Open(length);
        Hold.Always(Prop.ForAll<int>(seed =>
        {
            byte[] bytes = new byte[length];
            new Random(seed).NextBytes(bytes);
            bytes[Status] |= HasList;
            Poke(0, bytes);
            return IsTame(() => Standard(device)) && IsTame(() => Extended(device));
        }));
    }

    private static bool IsTame(Action walk)
    {
        try
        {
            walk();
            return true;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static List<(int Id, int Offset)> Standard(VfioDevice device)
    {
        var found = new List<(int, int)>();
        foreach (PciCapability capability in device.Config.Capabilities)
        {
            found.Add((capability.Id, capability.Offset));
        }

        return found;
    }

    private static List<(int Id, int Version, int Offset)> Extended(VfioDevice device)
    {
        var found = new List<(int, int, int)>();
        foreach (PciExtendedCapability capability in device.Config.ExtendedCapabilities)
        {
            found.Add((capability.Id, capability.Version, capability.Offset));
        }

        return found;
    }

    private VfioDevice Open(int configLength)
    {
        _machine.Device.AddRegion((int)Native.VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX, configLength);
        return _machine.Open();
    }

    private void Poke(int offset, params ReadOnlySpan<byte> bytes) => _machine.Device.Config.Poke(offset, bytes);
}
