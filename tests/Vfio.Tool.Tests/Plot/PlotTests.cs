using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Plot;
using Vfio.Tool.Bench.Sweep;

namespace Vfio.Tool.Tests.Plot;

public sealed class PlotTests
{
    public static TheoryData<string, string> Plots
    {
        get
        {
            var plots = new TheoryData<string, string>();
            foreach ((int backends, int pages, int threads, int live, int sizes) in new[]
            {
                (1, 1, 1, 1, 1), (1, 1, 1, 1, 2), (2, 2, 1, 1, 19), (2, 4, 1, 1, 19), (5, 4, 3, 2, 10), (1, 1, 1, 1, 30),
            })
            {
                plots.Add($"sweep {backends} {pages} {threads} {live} {sizes}", SweepPlot.Of(Reports.Sweep(backends, pages, threads, live, sizes))!);
            }

            plots.Add("mmio", MmioPlot.Of(Reports.Mmio)!);
            plots.Add("irq", IrqPlot.Of(Reports.Irq)!);
            return plots;
        }
    }

    [Theory]
    [MemberData(nameof(Plots), DisableDiscoveryEnumeration = true)]
    public void Every_text_is_inside_and_none_covers_another(string name, string svg)
    {
        var picture = new Picture(svg);

        Assert.NotEmpty(name);
        IReadOnlyList<TextBox> texts = picture.Texts;
        Assert.All(texts, text => Assert.True(
            text is { Left: >= 0, Top: >= 0 } && text.Right <= picture.Width && text.Bottom <= picture.Height, $"'{text.Text}' is outside"));
        for (int i = 0; i < texts.Count; i++)
        {
            Assert.DoesNotContain(texts.Skip(i + 1), other => texts[i].Overlaps(other));
        }
    }

    [Theory]
    [MemberData(nameof(Plots), DisableDiscoveryEnumeration = true)]
    public void Every_axis_names_a_value_once(string name, string svg)
    {
        var picture = new Picture(svg);

        Assert.NotEmpty(name);
        Assert.All([.. picture.Groups("horizontal"), .. picture.Groups("vertical")], static labels => Assert.Distinct(labels));
        Assert.All(picture.Groups("horizontal"), static labels => Assert.NotEmpty(labels));
    }

    [Theory]
    [MemberData(nameof(Plots), DisableDiscoveryEnumeration = true)]
    public void Every_point_is_inside(string name, string svg)
    {
        var picture = new Picture(svg);

        Assert.NotEmpty(name);
        Assert.All(picture.Points, point =>
        {
            Assert.InRange(point.X, 0, picture.Width);
            Assert.InRange(point.Y, 0, picture.Height);
        });
    }

    [Fact]
    public void Every_series_of_a_sweep_is_in_the_legend_and_in_each_panel()
    {
        var picture = new Picture(SweepPlot.Of(Reports.Sweep(2, 2, 2, 2, 5))!);

        IReadOnlyList<string> legend = Assert.Single(picture.Groups("legend"));
        Assert.Equal(16, legend.Count);
        Assert.Distinct(legend);
        Assert.Contains("iommufd, base pages, 1 thread, 0 live", legend);
        Assert.Contains("type1v2, transparent pages, 2 threads, 1000 live", legend);

        // Throughput, and the median and the 99th percentile of the time; mapping and unmapping.
        Assert.Equal([16, 32, 16, 32], picture.Lines("panel"));
    }

    [Fact]
    public void A_sweep_tells_where_and_when_it_was_made()
    {
        string heading = string.Join('\n', new Picture(SweepPlot.Of(Reports.Sweep(1, 1, 1, 1, 3))!).Texts.Select(static text => text.Text));

        foreach (string fact in new[] { "0000:65:00.0", "144d:a808", "Linux 6.12.94+deb13-amd64", "96 CPUs", "2026-11-26", "<SM981/PM981/PM983> &" })
        {
            Assert.Contains(fact, heading, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sizes_and_times_are_named_in_their_units()
    {
        var picture = new Picture(SweepPlot.Of(Reports.Sweep(1, 1, 1, 1, 19))!);

        Assert.Contains("4 KiB", picture.Groups("horizontal")[0]);
        Assert.Contains("2 MiB", picture.Groups("horizontal")[0]);
        Assert.Contains("10 µs", picture.Groups("vertical")[1]);
        Assert.Contains("1 ms", picture.Groups("vertical")[1]);
    }

    [Fact]
    public void The_ways_to_wait_and_the_operations_are_named()
    {
        Assert.Equal(
            ["blocking: p50", "async: p50"],
            Assert.Single(new Picture(IrqPlot.Of(Reports.Irq)!).Groups("legend"))
                .Select(static name => name[..(name.IndexOf("p50", StringComparison.Ordinal) + 3)]));
        IReadOnlyList<string> bars = Assert.Single(new Picture(MmioPlot.Of(Reports.Mmio)!).Groups("bars"));
        Assert.Contains("mapped write64", bars);
        Assert.Contains("copy read64, 64 KiB", bars);
        Assert.DoesNotContain(bars, static text => text.StartsWith("copy read32", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_nothing_was_measured_there_is_nothing_to_draw()
    {
        Assert.Null(SweepPlot.Of(new SweepReport { Run = Reports.Run, LeftOut = [], Points = [] }));
        Assert.Null(MmioPlot.Of(Reports.Mmio with { Operations = [] }));
        Assert.Null(IrqPlot.Of(Reports.Irq with { Waits = [new IrqResult("async", 0, null)] }));
    }

    [Fact]
    public void Many_series_have_many_styles()
        => Assert.Distinct(Enumerable.Range(0, 112).Select(SeriesStyle.Of));

    [Theory]
    [InlineData("short", 200, "short")]
    [InlineData("a text that has no room at all here", 100, "a text that ha…")]
    public void A_long_text_is_cut(string text, double width, string cut) => Assert.Equal(cut, TextWidth.Fit(text, 12, width));
}
