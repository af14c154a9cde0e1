using System.Globalization;
using Vfio.Core;

namespace Vfio.Tool.Groups;

/// <summary>A reserved region in the output of <c>vfio groups --json</c>. Addresses are texts, because a number of JSON has 53 bits.</summary>
internal sealed record ReservedEntry(string First, string Last, string Kind)
{
    public static ReservedEntry From(ReservedRegion region) => new(Hex(region.First), Hex(region.Last), region.Kind);

    private static string Hex(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");
}
