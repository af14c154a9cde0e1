using Vfio.Tool.Bench.Irq;
using Vfio.Tool.Bench.Mmio;
using Vfio.Tool.Bench.Sweep;

namespace Vfio.Tool.Tests.Report;

public sealed class CsvTests
{
    [Fact]
    public void Every_line_has_as_many_fields_as_there_are_names()
    {
        foreach (IEnumerable<string> lines in new[] { SweepCsv.Of(Reports.Sweep(2, 1, 2, 1, 3)), MmioCsv.Of(Reports.Mmio), IrqCsv.Of(Reports.Irq) })
        {
            string[] all = [.. lines];
            int names = all[0].Split(',').Length;
            Assert.All(all, line => Assert.Equal(names, Fields(line)));
            Assert.Distinct(all[0].Split(','));
        }
    }

    [Fact]
    public void A_point_that_was_skipped_has_no_times_and_a_reason()
    {
        string last = SweepCsv.Of(Reports.Sweep(1, 1, 1, 1, 1)).Last();

        Assert.EndsWith(",8192,0,,,,,,,,,,,\"takes 2048 MiB of memory, and 100 MiB can be had\"", last, StringComparison.Ordinal);
    }

    // Commas between quotes do not count, and there are no quotes inside of quotes here.
    private static int Fields(string line) => line.Split('"').Where(static (_, i) => i % 2 == 0).Sum(static part => part.Count(static c => c == ',')) + 1;
}
