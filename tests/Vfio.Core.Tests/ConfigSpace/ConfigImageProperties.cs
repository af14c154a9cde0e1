using FsCheck.Fluent;

namespace Vfio.Core.Tests;

/// <summary>Whatever the bytes are, decoding ends, stays inside them, and throws nothing.</summary>
public sealed class ConfigImageProperties
{
    private const int Status = 6;
    private const byte HasList = 0x10;

    private static readonly int[] _lengths = [0, 1, 7, 8, 63, 64, 65, 128, 255, 256, 257, 300, 4095, 4096];

    [Fact]
    public void Random_bytes()
        => Hold.Always(Prop.ForAll<int>(static seed =>
        {
            var random = new Random(seed);
            byte[] bytes = new byte[_lengths[random.Next(_lengths.Length)]];
            random.NextBytes(bytes);
            if (bytes.Length > Status)
            {
                bytes[Status] |= HasList;
            }

            return IsDecoded(new PciConfigImage(bytes));
        }), tests: 100);

    [Fact]
    public void Chains_of_random_pointers()
        => Hold.Always(Prop.ForAll<int>(static seed =>
        {
            var random = new Random(seed);
            byte[] bytes = new byte[4096];
            bytes[Status] = HasList;
            bytes[0x34] = (byte)random.Next(256);
            for (int offset = 0x40; offset < 0x100; offset += 4)
            {
                bytes[offset] = (byte)random.Next(0x16);
                bytes[offset + 1] = (byte)random.Next(256);
                bytes[offset + 2] = (byte)random.Next(256);
            }

            for (int offset = 0x100; offset < bytes.Length; offset += 4)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(offset), random.Next(0x32) | (random.Next(1, 0x1000) << 20) | 0x10000);
            }

            return IsDecoded(new PciConfigImage(bytes.AsSpan(0, _lengths[random.Next(_lengths.Length)])));
        }), tests: 50);

    [Fact]
    public void A_device_and_an_image_of_it_agree()
        => Hold.Always(Prop.ForAll<int>(static seed =>
        {
            using FakeMachine machine = FakeMachine.WithDevice();
            byte[] bytes = new byte[4096];
            new Random(seed).NextBytes(bytes);
            bytes[Status] |= HasList;
            machine.Device.AddRegion((int)Native.VfioUapi.VFIO_PCI_CONFIG_REGION_INDEX, bytes.Length);
            using VfioDevice device = machine.Open();
            machine.Device.Config.Poke(0, bytes);
            var image = new PciConfigImage(bytes);
            return Walk(device) == (Count(image.Capabilities), image.Capabilities.End.IsMalformed);
        }), tests: 50);

    private static (int Count, bool IsMalformed) Walk(VfioDevice device)
    {
        int count = 0;
        try
        {
            foreach (PciCapability capability in device.Config.Capabilities)
            {
                count++;
            }

            return (count, false);
        }
        catch (InvalidDataException)
        {
            return (count, true);
        }
    }

    private static int Count(PciCapabilityChain chain)
    {
        int count = 0;
        foreach (PciCapability capability in chain)
        {
            count++;
        }

        return count;
    }

    private static bool IsDecoded(PciConfigImage image)
    {
        if (image.TryGetHeader(out PciHeader header))
        {
            for (int i = 0; i < header.Bars.Count; i++)
            {
                Assert.NotNull(header.Bars[i].ToString());
            }
        }

        Assert.NotNull(header.ToString());
        _ = image.TryGetBridgeHeader(out _);
        _ = image.TryGetCardBusHeader(out _);
        _ = EveryCapability.Find(image);
        HashSet<int> seen = [];
        foreach (PciCapability capability in image.Capabilities)
        {
            Assert.True(seen.Add(capability.Offset), "the same place twice");
            Assert.InRange(capability.Offset, 64, 252);
            EveryCapability.Read(image.BytesAt(capability.Offset));
            foreach (PciEnhancedAllocationEntry entry in new PciEnhancedAllocationEntries(image.BytesAt(capability.Offset), header.Type))
            {
                Assert.NotNull(entry.ToString());
            }
        }

        foreach (PciExtendedCapability capability in image.ExtendedCapabilities)
        {
            Assert.True(seen.Add(capability.Offset), "the same place twice");
            Assert.InRange(capability.Offset, 256, 4092);
        }

        EveryCapability.Read(image.Bytes);
        PciChainEnd end = image.ExtendedCapabilities.End;
        return end.IsComplete == end.Problem is null && !(end.IsComplete && end.IsMalformed);
    }
}
