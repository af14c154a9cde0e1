using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Tests.Values;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData(0, "0 ns")]
    [InlineData(0.4321, "0.432 ns")]
    [InlineData(7.016, "7.02 ns")]
    [InlineData(99.96, "100 ns")]
    [InlineData(850, "850 ns")]
    [InlineData(999.6, "1.00 µs")]
    [InlineData(12_345, "12.3 µs")]
    [InlineData(4_560_000, "4.56 ms")]
    [InlineData(61e9, "61.0 s")]
    [InlineData(12_345e9, "12345 s")]
    public void Times_have_three_digits_and_a_unit(double nanoseconds, string text)
        => Assert.Equal(text, DurationText.Format(nanoseconds));

    [Theory]
    [InlineData(1, "1 ns")]
    [InlineData(500, "500 ns")]
    [InlineData(1_000, "1 µs")]
    [InlineData(100_000, "100 µs")]
    [InlineData(2_000_000, "2 ms")]
    public void Ticks_are_round(double nanoseconds, string text) => Assert.Equal(text, DurationText.FormatTick(nanoseconds));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0012345, "0.00123")]
    [InlineData(0.9999, "1.00")]
    [InlineData(388.4, "388")]
    public void Numbers_have_three_digits(double value, string text) => Assert.Equal(text, ThreeDigits.Format(value));
}
