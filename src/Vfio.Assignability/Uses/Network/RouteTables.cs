using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Reads the default routes (<c>/proc/net/route</c>, <c>/proc/net/ipv6_route</c>).</summary>
internal static class RouteTables
{
    // RTF_UP and RTF_REJECT of linux/route.h.
    private const uint Up = 0x1;
    private const uint Reject = 0x200;

    private static readonly string[] Folders = ["/proc/net", "/proc/self/net", "/proc/1/net"];

    /// <summary>All default routes of all tables, of each interface the first.</summary>
    /// <param name="tree">The host.</param>
    /// <param name="problem">The table that could not be read where none could; else null.</param>
    public static List<Route> Read(HostTree tree, out UnknownFact? problem)
    {
        var found = new List<Route>();
        bool isRead = false;
        problem = null;
        foreach (string folder in Folders)
        {
            HostFact<string> version4 = tree.ReadText($"{folder}/route");
            HostFact<string> version6 = tree.ReadText($"{folder}/ipv6_route");
            isRead |= version4.IsKnown || version6.IsKnown;
            problem ??= version4.IsKnown ? null : UnknownFact.Of("which interface the default route goes over", version4, Verdict.No);
            found.AddRange(Lines(version4, Interface4));
            found.AddRange(Lines(version6, Interface6));
        }

        problem = isRead ? null : problem;
        return [.. found.DistinctBy(static route => route.Interface, StringComparer.Ordinal)];
    }

    private static IEnumerable<Route> Lines(HostFact<string> table, Func<string[], string?> read)
    {
        foreach (string line in (table.Value ?? string.Empty).Split('\n'))
        {
            if (read(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) is { } name)
            {
                yield return new Route(name, new Evidence(table.Path, line));
            }
        }
    }

    // Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
    private static string? Interface4(string[] fields)
        => fields.Length >= 8 && IsZero(fields[1]) && IsZero(fields[7]) && IsUsable(fields[3]) ? fields[0] : null;

    // Destination length, source length, next hop, metric, references, uses, flags, interface
    private static string? Interface6(string[] fields)
        => fields.Length >= 10 && IsZero(fields[0]) && IsZero(fields[1]) && IsUsable(fields[8]) && fields[9] != "lo" ? fields[9] : null;

    private static bool IsZero(string digits) => digits.All(static digit => digit == '0');

    private static bool IsUsable(string flags)
        => uint.TryParse(flags, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) && (value & (Up | Reject)) == Up;
}
