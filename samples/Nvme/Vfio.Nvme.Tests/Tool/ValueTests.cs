using Vfio.Nvme.Tool.Commands;

namespace Vfio.Nvme.Tests.Tool;

public sealed class ValueTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("4k", 4096)]
    [InlineData("64K", 65536)]
    [InlineData("1MiB", 1 << 20)]
    [InlineData("2MB", 2 << 20)]
    public void Sizes_are_read(string text, long bytes) => Assert.Equal(bytes, Values.Size(text, 1 << 30));

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.5k")]
    [InlineData("4x")]
    [InlineData("2G")]
    [InlineData("99999999999999999999")]
    public void Other_sizes_are_refused(string text) => Assert.Throws<FormatException>(() => Values.Size(text, 1 << 30));

    [Theory]
    [InlineData("poll", WaitMode.Poll)]
    [InlineData("irq", WaitMode.Interrupt)]
    [InlineData("hybrid", WaitMode.Hybrid)]
    public void Ways_to_wait_are_read(string text, WaitMode wait) => Assert.Equal(wait, Values.Wait(text));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("100000")]
    [InlineData("1e3")]
    public void Other_times_are_refused(string text) => Assert.Throws<FormatException>(() => Values.Time(text));

    [Fact]
    public void Other_ways_and_numbers_are_refused()
    {
        Assert.Throws<FormatException>(() => Values.Wait("interrupt"));
        Assert.Throws<FormatException>(() => Values.Whole("17", "number", 1, 16));
        Assert.Equal(16, Values.Whole("16", "number", 1, 16));
    }
}
