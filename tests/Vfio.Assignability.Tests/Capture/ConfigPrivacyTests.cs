using FsCheck;
using FsCheck.Fluent;

namespace Vfio.Assignability.Tests;

public sealed class ConfigPrivacyTests
{
    [Fact]
    public void Serial_numbers_and_what_was_read_of_product_data_are_cleared_and_nothing_else_is()
    {
        byte[] config = new byte[4096];
        config.AsSpan().Fill(0x5a);
        (config[6], config[0x34], config[0x40], config[0x41], config[0x50], config[0x51]) = (0x10, 0x40, 0x01, 0x50, 0x03, 0x00);
        Header(config, 0x100, 0x000b, 0x148);
        Header(config, 0x148, 0x0003, 0);
        byte[] expected = [.. config];
        expected.AsSpan(0x52, 6).Clear();
        expected.AsSpan(0x14c, 8).Clear();

        ConfigPrivacy.Clear(config);

        Assert.Equal(expected, config);
    }

    [Fact]
    public void Bytes_of_any_kind_and_length_are_walked_to_an_end()
        => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes =>
        {
            ConfigPrivacy.Clear(bytes);
            byte[] config = new byte[4096];
            for (int i = 0; i < config.Length && bytes.Length > 0; i++)
            {
                config[i] = bytes[i % bytes.Length];
            }

            ConfigPrivacy.Clear(config);
        }));

    private static void Header(byte[] config, int at, ushort id, int next)
        => System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(config.AsSpan(at), id | (1u << 16) | ((uint)next << 20));
}
