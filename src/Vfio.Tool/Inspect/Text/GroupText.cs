using Vfio.Assignability;

namespace Vfio.Tool.Inspect.Text;

/// <summary>The group's members, one a line.</summary>
internal static class GroupText
{
    private const int Indent = 2;

    // One screen; the JSON has all.
    private const int MaxMembers = 12;

    public static void Add(TextPage page, AssignabilityReport report, DeviceNames names)
    {
        if (report.Group is not { } group)
        {
            return;
        }

        // Those that block must not be among those that are left out.
        GroupMember[] shown =
        [
            .. group.Members
                .OrderByDescending(member => member.Device == report.Device || member.Blocks)
                .Take(MaxMembers)
                .OrderBy(static member => member.Device),
        ];
        string[][] cells = [.. shown.Select(member => Cells(member))];
        int[] widths = [.. Enumerable.Range(0, 3).Select(column => cells.Max(row => row[column].Length))];
        page.Heading($"Group {group.Id}");
        for (int i = 0; i < shown.Length; i++)
        {
            string columns = string.Concat(cells[i].Zip(widths, static (cell, width) => cell.PadRight(width + 2)));
            string remark = shown[i].Device == report.Device ? "this device" : shown[i].Blocks ? "blocks" : names.ShortNameOf(shown[i].Device) ?? string.Empty;
            page.Cut(Indent, columns, remark, shown[i].Blocks && shown[i].Device != report.Device ? Tone.Caution : Tone.Plain);
        }

        if (group.Members.Count > shown.Length)
        {
            page.Line(Indent, new Piece($"and {group.Members.Count - shown.Length} more", Tone.Faint));
        }
    }

    private static string[] Cells(GroupMember member)
        => [member.Device.ToString(), Role(member.Role), OneLine.Of(member.Driver ?? "no driver")];

    private static string Role(MemberRole role) => role switch
    {
        MemberRole.Bridge => "bridge",
        MemberRole.Chipset => "chipset",
        _ => "endpoint",
    };
}
