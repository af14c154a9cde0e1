using System.Buffers.Binary;

namespace Vfio.Assignability;

/// <summary>Takes out of a configuration space what tells one card from another of its kind.</summary>
internal static class ConfigPrivacy
{
    private const int Status = 0x06;
    private const int CapabilityList = 1 << 4;
    private const int FirstCapability = 0x34;
    private const int StandardLength = 0x100;
    private const byte VitalProductData = 0x03;
    private const ushort SerialNumber = 0x03;

    /// <summary>Clears the Device Serial Number (PCI Express Base Specification), and what was last read of the Vital Product Data (PCI Local Bus Specification).</summary>
    /// <param name="config">As much of it as there is. Lists that go in circles end.</param>
    public static void Clear(Span<byte> config)
    {
        ClearProductData(config);
        ClearSerialNumber(config);
    }

    private static void ClearProductData(Span<byte> config)
    {
        if (config.Length <= FirstCapability || (BinaryPrimitives.ReadUInt16LittleEndian(config[Status..]) & CapabilityList) == 0)
        {
            return;
        }

        int at = config[FirstCapability] & 0xfc;
        for (int steps = 0; at >= 0x40 && at + 2 <= Math.Min(config.Length, StandardLength) && steps < StandardLength / 4; steps++)
        {
            if (config[at] == VitalProductData)
            {
                // Its address and data registers, beyond the header.
                config[(at + 2)..Math.Min(at + 8, config.Length)].Clear();
            }

            at = config[at + 1] & 0xfc;
        }
    }

    private static void ClearSerialNumber(Span<byte> config)
    {
        int at = StandardLength;
        for (int steps = 0; at >= StandardLength && at + 4 <= config.Length && steps < (4096 - StandardLength) / 4; steps++)
        {
            uint header = BinaryPrimitives.ReadUInt32LittleEndian(config[at..]);
            if ((header & 0xffff) == SerialNumber)
            {
                config[(at + 4)..Math.Min(at + 12, config.Length)].Clear();
            }

            at = (int)(header >> 20) & 0xffc;
        }
    }
}
