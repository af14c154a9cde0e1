using System.Diagnostics;
using Vfio.Core;

namespace Vfio.FloorComparison;

/// <summary>Runs the rows in every place, and prints what came out.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int WrongUsage = 64;

    private static readonly IRow[] _rows =
    [
        new DmaRow("4k", 4096, new Load(Passes: 9, Count: 128)),
        new DmaRow("2m", LargePages.Size, new Load(Passes: 7, Count: 32)),
        new LiveMappingsRow(),
        new IovaRow(),
        new PoolRow(),
        new MmioReadRow(),
        new MmioWriteRow(),
        new MmioCopyRow(),
        new ConfigReadRow(),
        new WakeRow("irq.wake.blocking", isAsync: false),
        new WakeRow("irq.wake.async", isAsync: true),
        new OpenCloseRow(),
        new NvmeReadRow(depth: 1),
        new NvmeReadRow(depth: 32),
    ];

    public static int Main(string[] arguments)
    {
        Options options;
        try
        {
            options = Options.Parse(arguments);
        }
        catch (FormatException error)
        {
            Console.Error.WriteLine($"{error.Message}\n{Options.Usage}");
            return WrongUsage;
        }

        var report = new List<Conclusion>();
        bool complete = Run(options, report);
        Result[] results = [.. report.SelectMany(static conclusion => conclusion.Results)];
        if (results.Length > 0)
        {
            Table.Write(Console.Out, results);
        }

        foreach (string note in report.Select(static conclusion => conclusion.Note).OfType<string>())
        {
            Console.WriteLine(note);
        }

        if (options.Json is { } file)
        {
            JsonFile.Write(file, results);
        }

        return complete ? 0 : Failed;
    }

    private static bool Run(Options options, List<Conclusion> report)
    {
        using var floor = new FloorProcess(options.Floor);
        var comparison = new Comparison(floor, options.IsQuick);
        using BenchDevices? devices = options.OnHost ? null : BenchDevices.Take();
        Place[] places = devices is null ? [Place.Host] : [.. Place.Of(devices)];
        bool complete = true;
        foreach (IRow row in _rows.Where(row => options.Wants(row) && (row.RunsOnHost || !options.OnHost)))
        {
            foreach (Place place in places)
            {
                complete &= TryRun(comparison, row, place, report);
            }
        }

        return complete;
    }

    private static bool TryRun(Comparison comparison, IRow row, Place place, List<Conclusion> report)
    {
        string name = string.Join(", ", row.Names);
        long begin = Stopwatch.GetTimestamp();
        try
        {
            report.Add(comparison.Run(row, place));
            Console.Error.WriteLine($"bench: {name} on {place.Backend}: {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s");
            return true;
        }
        catch (Exception error) when (error is VfioException or FloorException or InvalidOperationException)
        {
            Console.Error.WriteLine($"bench: {name} on {place.Backend} failed: {error.Message}");
            return false;
        }
    }
}
