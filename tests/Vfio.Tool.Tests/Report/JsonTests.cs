using System.Text.Json;
using Vfio.Tool.Output;

namespace Vfio.Tool.Tests.Report;

public sealed class JsonTests
{
    [Fact]
    public void A_sweep_has_its_fields()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Reports.Sweep(1, 1, 1, 1, 1), ToolJson.Default.SweepReport));

        Assert.Equal(["run", "interrupted", "leftOut", "points"], Names(json.RootElement));
        Assert.Equal(["device", "ids", "name", "kernel", "cpu", "cpus", "runtime", "date"], Names(json.RootElement.GetProperty("run")));
        JsonElement points = json.RootElement.GetProperty("points");
        Assert.Equal(2, points.GetArrayLength());
        Assert.Equal(["backend", "pages", "threads", "live", "size", "skipped", "samples", "map", "unmap"], Names(points[0]));
        Assert.Equal(["minNs", "medianNs", "p99Ns", "maxNs", "gibPerSecond"], Names(points[0].GetProperty("map")));
        Assert.Equal(Names(points[0].GetProperty("map")), Names(points[0].GetProperty("unmap")));
        Assert.Equal(JsonValueKind.Null, points[0].GetProperty("skipped").ValueKind);
        Assert.Equal(4096, points[0].GetProperty("size").GetInt64());
        Assert.Equal(JsonValueKind.Null, points[1].GetProperty("map").ValueKind);
        Assert.StartsWith("takes", points[1].GetProperty("skipped").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Accesses_have_their_fields()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Reports.Mmio, ToolJson.Default.MmioReport));

        Assert.Equal(["run", "interrupted", "bar", "offset", "operations"], Names(json.RootElement));
        JsonElement operation = json.RootElement.GetProperty("operations")[0];
        Assert.Equal(["access", "operation", "bytes", "skipped", "samples", "batch", "latency", "gibPerSecond"], Names(operation));
        Assert.Equal(["minNs", "medianNs", "p99Ns", "maxNs"], Names(operation.GetProperty("latency")));
    }

    [Fact]
    public void Interrupts_have_their_fields()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Reports.Irq, ToolJson.Default.IrqReport));

        Assert.Equal(["run", "interrupted", "kind", "vectors", "waits"], Names(json.RootElement));
        JsonElement wait = json.RootElement.GetProperty("waits")[1];
        Assert.Equal(["wait", "samples", "latency"], Names(wait));
        Assert.Equal("async", wait.GetProperty("wait").GetString());
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(static property => property.Name);
}
