using System.CommandLine;
using System.Text.Json;
using Vfio.Core;
using Vfio.Tool.Commands;
using Vfio.Tool.Output;
using Vfio.Tool.Reset;

namespace Vfio.Tool.Tests.Reset;

public sealed class ResetCommandTests
{
    private const string Device = "0000:03:01.0";

    [Theory]
    [InlineData(Device)]
    [InlineData(Device, "--hot")]
    [InlineData(Device, "--function", "--json")]
    public void A_device_and_at_most_one_kind_are_named(params string[] arguments) => Assert.Empty(Errors(arguments));

    [Fact]
    public void Both_kinds_exclude_each_other() => Assert.Contains("exclude each other", Errors(Device, "--function", "--hot"), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("0000:03:20.0")]
    public void What_is_no_address_is_refused(string text) => Assert.Contains("PCI address", Errors(text), StringComparison.Ordinal);

    [Fact]
    public void The_result_has_its_five_members()
    {
        var document = new ResetDocument(
            PciAddress.Parse(Device), ResetKind.Hot, [PciAddress.Parse(Device), PciAddress.Parse("0000:03:02.0")], Ok: true, Error: null);

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(document, TypedJson.Context.ResetDocument));

        Assert.Equal(["device", "kind", "affected", "ok", "error"], json.RootElement.EnumerateObject().Select(static it => it.Name));
        Assert.Equal("hot", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal([Device, "0000:03:02.0"], json.RootElement.GetProperty("affected").EnumerateArray().Select(static it => it.GetString()!));
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("error").ValueKind);
    }

    [Fact]
    public void A_function_that_is_not_there_is_told_with_its_own_code()
    {
        using var log = new StringWriter();
        var run = new ResetRun(PciAddress.Parse("0000:fe:1f.7"), wanted: null, log);

        Assert.Equal(ExitCode.NoSuchDevice, run.Run());

        Assert.False(run.Document.Ok);
        Assert.Equal(ResetKind.Function, run.Document.Kind);
        Assert.Contains("no PCI function", run.Document.Error, StringComparison.Ordinal);
        Assert.Contains(run.Document.Error!, log.ToString(), StringComparison.Ordinal);
    }

    private static string Errors(params string[] arguments)
        => string.Join('\n', new RootCommand("test") { ResetCommand.Create() }.Parse(["reset", .. arguments]).Errors.Select(static it => it.Message));
}
