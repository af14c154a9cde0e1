using System.Text.Json;
using Vfio.Assignability;

namespace Vfio.Tool.Tests.Inspect;

public sealed class InspectJsonTests
{
    [Fact]
    public void Names_order_and_spelling_are_exactly_these()
    {
        using Stream stream = typeof(InspectJsonTests).Assembly.GetManifestResourceStream("After.json")!;
        using var reader = new StreamReader(stream);

        Assert.Equal(reader.ReadToEnd(), Json(SampleReports.After));
    }

    [Fact]
    public void What_there_is_none_of_is_null()
    {
        using var json = JsonDocument.Parse(Json(SampleReports.Reboot));

        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("group").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("limits").GetProperty("display").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("limits").GetProperty("dma").GetProperty("iommu").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("actions")[0].GetProperty("command").ValueKind);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("findings")[0].GetProperty("evidence")[0].GetProperty("text").ValueKind);
        using var no = JsonDocument.Parse(Json(SampleReports.No));
        Assert.Equal(JsonValueKind.Null, no.RootElement.GetProperty("findings")[0].GetProperty("remedy").ValueKind);
    }

    [Fact]
    public void What_is_unknown_is_listed()
    {
        using var json = JsonDocument.Parse(Json(SampleReports.Unknown));

        JsonElement unknown = Assert.Single(json.RootElement.GetProperty("unknown").EnumerateArray());
        Assert.Equal(["fact", "path", "problem", "turns"], unknown.EnumerateObject().Select(static property => property.Name));
        Assert.Equal("after", unknown.GetProperty("turns").GetString());
        JsonElement sriov = json.RootElement.GetProperty("limits").GetProperty("sriov");
        Assert.Equal("0000:01:00.0", sriov.GetProperty("physicalFunction").GetString());
    }

    [Fact]
    public void Commands_stand_in_it_as_they_are_typed()
        => Assert.Contains("\"echo Y > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts\"", Json(SampleReports.Unsafe), StringComparison.Ordinal);

    [Theory]
    [InlineData(Verdict.Yes, "yes")]
    [InlineData(Verdict.After, "after")]
    [InlineData(Verdict.Reboot, "reboot")]
    [InlineData(Verdict.Unsafe, "unsafe")]
    [InlineData(Verdict.No, "no")]
    [InlineData(Verdict.Unknown, "unknown")]
    public void The_verdict_is_a_word(Verdict verdict, string word)
    {
        using var json = JsonDocument.Parse(Json(SampleReports.Of(verdict)));

        Assert.Equal(word, json.RootElement.GetProperty("verdict").GetString());
    }

    [Fact]
    public void Every_other_choice_is_a_word_too()
    {
        AssignabilityReport report = SampleReports.After;
        Finding finding = report.Findings[0];
        GroupMember member = report.Group!.Members[0];
        using var json = JsonDocument.Parse(Json(report with
        {
            Findings = [.. Enum.GetValues<Confidence>().Select(confidence => finding with { Confidence = confidence })],
            Group = new GroupReport("1", [.. Enum.GetValues<MemberRole>().Select(role => member with { Role = role })]),
        }));

        Assert.Equal(
            ["proven", "stated", "derived", "heuristic"],
            json.RootElement.GetProperty("findings").EnumerateArray().Select(static item => item.GetProperty("confidence").GetString()));
        Assert.Equal(
            ["endpoint", "bridge", "chipset"],
            json.RootElement.GetProperty("group").GetProperty("members").EnumerateArray().Select(static item => item.GetProperty("role").GetString()));
        Assert.All(Enum.GetValues<ResetClass>(), reset =>
        {
            using var one = JsonDocument.Parse(Json(report with { Reset = report.Reset with { Class = reset } }));
            Assert.Equal($"R{(int)reset}", one.RootElement.GetProperty("reset").GetProperty("class").GetString());
        });
    }

    private static string Json(AssignabilityReport report) => CommandRun.Of(report, null, report.Device.ToString(), "--json").Output;
}
