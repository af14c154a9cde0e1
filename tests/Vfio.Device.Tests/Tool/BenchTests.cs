using System.Text.Json;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Tool;

/// <summary>Runs <c>vfio bench</c> on the lab's devices. What the times are is not looked at, only that there are some.</summary>
public sealed class BenchTests
{
    private const int Interrupted = 130;
    private const int Usage = 64;

    private static readonly string[] _quick = ["--pages", "base", "--time", "0.01"];
    private static readonly string[] _times = ["minNs", "medianNs", "p99Ns", "maxNs"];

    [Fact]
    public void A_sweep_measures_what_it_can_and_tells_what_it_cannot()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Edu();

        JsonElement report = Run(
            "dma-map",
            address,
            [.. _quick, "--backends", VfioBackendName.Of(Mode.Backend), "--sizes", "4K,64K,8T", "--threads", "1,2", "--live", "0,16"]);

        Assert.Equal(address.ToString(), report.GetProperty("run").GetProperty("device").GetString());
        JsonElement[] points = [.. report.GetProperty("points").EnumerateArray()];
        Assert.Equal(12, points.Length);
        foreach (JsonElement point in points)
        {
            Assert.Equal(VfioBackendName.Of(Mode.Backend), point.GetProperty("backend").GetString());
            if (point.GetProperty("size").GetInt64() > 1L << 40)
            {
                Assert.StartsWith("takes", point.GetProperty("skipped").GetString(), StringComparison.Ordinal);
                continue;
            }

            Assert.Equal(JsonValueKind.Null, point.GetProperty("skipped").ValueKind);
            Assert.InRange(point.GetProperty("samples").GetInt32(), 5, 20_000);
            RequireTimes(point.GetProperty("map"));
            RequireTimes(point.GetProperty("unmap"));
        }

        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void A_sweep_takes_every_back_end_that_opens_and_names_the_others()
    {
        Mode.RequireCommand();

        JsonElement report = Run("dma-map", TestDevice.Edu(), [.. _quick, "--sizes", "4K"]);

        string?[] measured = [.. report.GetProperty("points").EnumerateArray().Select(static point => point.GetProperty("backend").GetString())];
        string?[] leftOut = [.. report.GetProperty("leftOut").EnumerateArray().Select(static reason => reason.GetString())];
        Assert.Contains(VfioBackendName.Of(Mode.Backend), measured, StringComparer.Ordinal);
        foreach (string name in Enum.GetValues<VfioBackend>().Where(static backend => backend != VfioBackend.NoIommu).Select(VfioBackendName.Of))
        {
            Assert.True(
                measured.Contains(name, StringComparer.Ordinal) ^ leftOut.Any(reason => reason!.StartsWith($"back end {name}: ", StringComparison.Ordinal)),
                $"{name} is neither measured nor left out");
        }
    }

    [Fact]
    public void A_sweep_stops_at_the_limit_of_live_mappings()
    {
        Mode.RequireCommand();
        Mode.RequireVfioContainer();

        JsonElement report = Run(
            "dma-map",
            TestDevice.Edu(),
            expectedExit: 1,
            [.. _quick, "--backends", VfioBackendName.Of(Mode.Backend), "--sizes", "4K", "--live", "65535"]);

        Assert.Equal(
            "the kernel lets 65535 mappings live at once, and this takes 65536",
            Assert.Single(report.GetProperty("points").EnumerateArray()).GetProperty("skipped").GetString());
    }

    [Fact]
    public void A_sweep_that_is_ended_gives_the_device_back_and_tells_what_it_has()
    {
        Mode.RequireCommand();
        PciAddress address = TestDevice.Edu();

        (int exitCode, string output) = Command.VfioUntil(
            "vfio: warming up",
            ["bench", "dma-map", address.ToString(), "--backends", VfioBackendName.Of(Mode.Backend), "--pages", "base", "--time", "600", "--json"]);

        Assert.Equal(Interrupted, exitCode);
        Assert.True(JsonElement.Parse(output).GetProperty("interrupted").GetBoolean());
        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void Accesses_to_memory_are_measured_and_the_memory_keeps_its_contents()
    {
        const int Length = 4096;
        const int Bar = 2;

        Mode.RequireCommand();
        Mode.RequireBest();
        PciAddress address = TestDevice.Ivshmem();
        byte[] contents = new byte[2 * Length];
        Random.Shared.NextBytes(contents);
        using (var taken = new Taken(address))
        {
            taken.Device.Config.Command |= PciCommand.Memory;
            taken.Device.Regions.Bar(Bar).Write(0, contents);
        }

        JsonElement report = Run("mmio", address, "--bar", "2", "--offset", "4K", "--copy", "4K", "--write", "--time", "0.01");

        JsonElement[] operations = [.. report.GetProperty("operations").EnumerateArray()];
        Assert.Equal(20, operations.Length);
        Assert.Distinct(
            operations.Select(static operation => $"{operation.GetProperty("access")} {operation.GetProperty("operation")}"),
            StringComparer.Ordinal);
        Assert.All(operations, static operation => RequireTimes(operation.GetProperty("latency")));
        using var again = new Taken(address);
        again.Device.Config.Command |= PciCommand.Memory;
        byte[] now = new byte[contents.Length];
        again.Device.Regions.Bar(Bar).Read(0, now);
        Assert.Equal(contents, now);
    }

    [Fact]
    public void Registers_are_read_alone_and_not_written_unless_that_is_asked_for()
    {
        Mode.RequireCommand();
        Mode.RequireBest();

        JsonElement report = Run("mmio", TestDevice.Edu(), "--offset", "4", "--time", "0.01");

        Assert.Equal(0, report.GetProperty("bar").GetInt32());
        foreach (JsonElement operation in report.GetProperty("operations").EnumerateArray())
        {
            Assert.StartsWith("read", operation.GetProperty("operation").GetString(), StringComparison.Ordinal);

            // 4 is no place for 64 bits; and more than one register is not read where nobody says that it may be.
            bool isSkipped = operation.GetProperty("bytes").GetInt32() == sizeof(ulong) || operation.GetProperty("access").GetString() == "copy";
            Assert.Equal(isSkipped, operation.GetProperty("skipped").ValueKind == JsonValueKind.String);
        }
    }

    [Fact]
    public void A_place_that_the_device_does_not_have_is_wrong_usage_and_gives_the_device_back()
    {
        Mode.RequireCommand();
        Mode.RequireBest();
        PciAddress address = TestDevice.Edu();

        (int exitCode, string output, string error) = Command.Vfio("bench", "mmio", address.ToString(), "--offset", "1G", "--json");

        Assert.Equal((Usage, string.Empty), (exitCode, output));
        Assert.Contains("offset 0x40000000 is not in what can be mapped of BAR 0: 0x0 to 0xfffff", error, StringComparison.Ordinal);
        Assert.Null(PciFunction.Read(address).Driver);
    }

    [Fact]
    public void Message_signalled_interrupts_are_measured() => MeasureInterrupts(TestDevice.Edu(), "msi");

    [Fact]
    public void Interrupts_of_a_table_are_measured() => MeasureInterrupts(TestDevice.Nvme(), "msix");

    [Fact]
    public void Interrupts_of_a_line_are_measured() => MeasureInterrupts(TestDevice.Edu(), "intx", "--kind", "intx");

    private static void MeasureInterrupts(PciAddress address, string kind, params string[] options)
    {
        Mode.RequireCommand();
        Mode.RequireBest();

        JsonElement report = Run("irq", address, ["--samples", "50", .. options]);

        Assert.Equal(kind, report.GetProperty("kind").GetString());
        JsonElement[] waits = [.. report.GetProperty("waits").EnumerateArray()];
        Assert.Equal(["blocking", "async"], waits.Select(static wait => wait.GetProperty("wait").GetString()), StringComparer.Ordinal);
        Assert.All(waits, static wait =>
        {
            Assert.Equal(50, wait.GetProperty("samples").GetInt32());
            RequireTimes(wait.GetProperty("latency"));
        });
    }

    private static JsonElement Run(string what, PciAddress address, params string[] options) => Run(what, address, 0, options);

    private static JsonElement Run(string what, PciAddress address, int expectedExit, string[] options)
    {
        (int exitCode, string output, string error) = Command.Vfio(["bench", what, address.ToString(), "--json", .. options]);

        Assert.True(exitCode == expectedExit, $"exit code {exitCode}: {error}");
        return JsonElement.Parse(output);
    }

    private static void RequireTimes(JsonElement times)
    {
        double[] ordered = [.. _times.Select(name => times.GetProperty(name).GetDouble())];
        Assert.InRange(ordered[0], 0, double.MaxValue);
        Assert.Equal(ordered.Order(), ordered);
    }
}
