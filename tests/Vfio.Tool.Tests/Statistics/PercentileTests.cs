using Vfio.Tool.Bench.Statistics;

namespace Vfio.Tool.Tests.Statistics;

public sealed class PercentileTests
{
    [Fact]
    public void The_median_of_an_odd_number_is_the_middle() => Assert.Equal(3, Percentile.Of([1, 3, 100], Percentile.Median));

    [Fact]
    public void The_median_of_an_even_number_lies_between_the_two_in_the_middle()
        => Assert.Equal(2.5, Percentile.Of([1, 2, 3, 100], Percentile.Median));

    [Fact]
    public void A_high_percentile_of_a_hundred_and_one_is_the_last_but_one()
        => Assert.Equal(99, Percentile.Of([.. Enumerable.Range(0, 101).Select(static i => (long)i)], Percentile.P99));

    [Fact]
    public void One_value_is_every_percentile()
    {
        Assert.Equal(7, Percentile.Of([7], 0));
        Assert.Equal(7, Percentile.Of([7], Percentile.P99));
        Assert.Equal(7, Percentile.Of([7], 1));
    }

    [Fact]
    public void The_ends_are_the_least_and_the_greatest()
    {
        Assert.Equal(1, Percentile.Of([1, 2, 9], 0));
        Assert.Equal(9, Percentile.Of([1, 2, 9], 1));
    }

    [Fact]
    public void Nothing_has_none() => Assert.Throws<ArgumentException>(static () => Percentile.Of([], Percentile.Median));
}
