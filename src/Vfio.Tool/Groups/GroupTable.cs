using Vfio.Assignability;
using Vfio.Tool.Inspect.Text;

namespace Vfio.Tool.Groups;

/// <summary>Groups for people: a line for each group and each member.</summary>
internal static class GroupTable
{
    public static void Write(TextWriter output, IReadOnlyList<GroupEntry> groups)
    {
        string[][] rows = [.. groups.SelectMany(static group => group.Members).Select(static member => Cells(member))];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Select(row => row[column].Length).DefaultIfEmpty().Max())];
        foreach (GroupEntry group in groups)
        {
            output.WriteLine(Heading(group));
            foreach (MemberEntry member in group.Members)
            {
                string[] cells = Cells(member);
                output.WriteLine($"  {string.Concat(cells.Zip(widths, static (cell, width) => cell.PadRight(width + 2)))}{Name(member)}".TrimEnd());
            }

            foreach (ReservedEntry region in group.Reserved ?? [])
            {
                output.WriteLine($"  reserved {region.First}-{region.Last} {OneLine.Of(region.Kind)}{Meaning(region.Kind)}");
            }

            if (group.Reserved is null)
            {
                output.WriteLine("  what is reserved cannot be read");
            }
        }
    }

    private static string Heading(GroupEntry group)
    {
        if (group.Id is not { } id)
        {
            return "no group: no IOMMU translates for these, and VFIO does not take them";
        }

        string state = group.Viable switch
        {
            true => "viable",
            null => "viable or not is not known",
            false => $"not viable: {string.Join(", ", group.Members.Where(static member => member.Blocks).Select(static member => $"{member.Device} ({OneLine.Of(member.Driver ?? string.Empty)})"))}",
        };
        return group.NoIommu ? $"group {id}  no IOMMU, isolates nothing  {state}" : $"group {id}  {OneLine.Of(group.Type ?? "-")}  {state}";
    }

    private static string[] Cells(MemberEntry member) =>
    [
        member.Device.ToString(),
        member.Role switch
        {
            MemberRole.Bridge => "bridge",
            MemberRole.Chipset => "chipset",
            _ => "endpoint",
        },
        OneLine.Of(member.Driver ?? "-"),
        member.Blocks ? "blocks" : string.Empty,
    ];

    private static string Name(MemberEntry member)
    {
        string name = string.Join(' ', new[] { member.VendorName, member.DeviceName }.OfType<string>());
        return name.Length > 0 ? name : member.Ids;
    }

    private static string Meaning(string kind) => kind switch
    {
        "direct" => ": the firmware uses it, and the kernel does not give the group away",
        "direct-relaxable" => ": the firmware used it while the host started, which does not matter",
        _ => string.Empty,
    };
}
