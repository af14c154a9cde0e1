using Vfio.Tool.Bench.Report;

namespace Vfio.Tool.Tests.Report;

public sealed class CsvLineTests
{
    [Fact]
    public void Ordinary_fields_stand_as_they_are() => Assert.Equal("a,1,2.5,,x y", CsvLine.Of("a", 1, 2.5, null, "x y"));

    [Theory]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("\r", "\"\r\"")]
    public void What_would_end_a_field_is_quoted(string field, string quoted) => Assert.Equal($"1,{quoted},2", CsvLine.Of(1, field, 2));

    [Fact]
    public void Numbers_have_a_point_and_no_separators() => Assert.Equal("1234567.25,65535", CsvLine.Of(1234567.25, 65535));
}
