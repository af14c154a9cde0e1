using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Tests.Values;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("4096B", 4096)]
    [InlineData("4K", 4096)]
    [InlineData("4k", 4096)]
    [InlineData("4KB", 4096)]
    [InlineData("4KiB", 4096)]
    [InlineData("4 kib", 4096)]
    [InlineData(" 64K ", 65536)]
    [InlineData("2M", 2L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("2T", 2L << 40)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("K")]
    [InlineData("-4K")]
    [InlineData("+4K")]
    [InlineData("4.5K")]
    [InlineData("4X")]
    [InlineData("4Ki")]
    [InlineData("4KiBs")]
    [InlineData("4K4")]
    [InlineData("0x1000")]
    [InlineData("1,000")]
    [InlineData("9223372036854775808")]
    [InlineData("9007199254740992T")]
    [InlineData("8388608T")]
    public void Anything_else_is_none(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1000, "1000 B")]
    [InlineData(4096, "4 KiB")]
    [InlineData(6 << 10, "6 KiB")]
    [InlineData(1536 << 10, "1536 KiB")]
    [InlineData(2 << 20, "2 MiB")]
    [InlineData(1L << 30, "1 GiB")]
    [InlineData(3L << 40, "3 TiB")]
    [InlineData(2048L << 40, "2048 TiB")]
    public void They_are_written_without_fractions(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));
}
