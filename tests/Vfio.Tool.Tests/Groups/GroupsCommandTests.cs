using System.CommandLine;
using System.Text.Json;
using Vfio.Tool.Commands;

namespace Vfio.Tool.Tests.Groups;

public sealed class GroupsCommandTests : IDisposable
{
    private readonly SmallHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Groups_are_one_array_in_order_of_numbers_and_the_rest_comes_last()
    {
        using var json = JsonDocument.Parse(Run(GroupsCommand.Create, "groups", "--json"));
        JsonElement[] groups = [.. json.RootElement.EnumerateArray()];

        Assert.Equal(["4", "10", "11", null], groups.Select(static group => group.GetProperty("id").GetString()), StringComparer.Ordinal);
        Assert.Equal(["DMA", "DMA-FQ", "unknown", null], groups.Select(static group => group.GetProperty("type").GetString()), StringComparer.Ordinal);
        Assert.Equal([JsonValueKind.True, JsonValueKind.False, JsonValueKind.True, JsonValueKind.Null], groups.Select(static group => group.GetProperty("viable").ValueKind));
        Assert.Equal([false, false, true, false], groups.Select(static group => group.GetProperty("noIommu").GetBoolean()));
        Assert.Equal(
            ["0000:03:01.0 e1000 endpoint True", "0000:03:02.0  endpoint False"],
            groups[1].GetProperty("members").EnumerateArray().Select(static member
                => $"{member.GetProperty("device")} {member.GetProperty("driver")} {member.GetProperty("role")} {member.GetProperty("blocks")}"),
            StringComparer.Ordinal);
        Assert.Equal(
            ["0x8d800000 0x8fffffff direct", "0xfee00000 0xfeefffff msi"],
            groups[0].GetProperty("reserved").EnumerateArray().Select(static region => $"{region.GetProperty("first")} {region.GetProperty("last")} {region.GetProperty("kind")}"),
            StringComparer.Ordinal);
        Assert.Equal("chipset", Assert.Single(groups[3].GetProperty("members").EnumerateArray()).GetProperty("role").GetString());
        Assert.Equal("8086:1234", groups[3].GetProperty("members")[0].GetProperty("ids").GetString());
    }

    [Fact]
    public void People_see_who_blocks_and_what_the_firmware_keeps()
    {
        string[] lines = Run(GroupsCommand.Create, "groups").Split('\n');

        Assert.Equal("group 4  DMA  viable", lines[0]);
        Assert.Contains("  reserved 0x8d800000-0x8fffffff direct: the firmware uses it, and the kernel does not give the group away", lines);
        Assert.Contains("group 10  DMA-FQ  not viable: 0000:03:01.0 (e1000)", lines);
        Assert.Contains(lines, static line => line.StartsWith("  0000:03:01.0  endpoint  e1000     blocks", StringComparison.Ordinal));
        Assert.Contains("group 11  no IOMMU, isolates nothing  viable", lines);
        Assert.Contains("no group: no IOMMU translates for these, and VFIO does not take them", lines);
    }

    [Fact]
    public void A_capture_says_what_it_wrote_and_gives_the_same_groups()
    {
        string folder = Path.Combine(_host.Root, "captured");
        string groups = Run(GroupsCommand.Create, "groups", "--json");

        using var json = JsonDocument.Parse(Run(CaptureCommand.Create, "capture", folder, "--json"));

        Assert.Equal(5, json.RootElement.GetProperty("functions").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("unreadable").GetArrayLength());
        Assert.Equal(groups, Run(GroupsCommand.Create, folder, ["groups", "--json"]));
        _ = Assert.Throws<IOException>(() => Run(CaptureCommand.Create, "capture", folder));
    }

    private string Run(Func<TextWriter, Command> create, params string[] arguments) => Run(create, _host.Root, arguments);

    private static string Run(Func<TextWriter, Command> create, string root, string[] arguments)
    {
        using var output = new StringWriter();
        int code = new RootCommand("test") { create(output) }.Parse([.. arguments, "--root", root]).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        Assert.Equal(ExitCode.Done, code);
        return output.ToString();
    }
}
