using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A range of addresses that a function has (<c>resource</c>).</summary>
/// <param name="Index">Its number: 0 to 5 are BARs, 6 is the ROM, 7 to 12 are BARs of virtual functions.</param>
/// <param name="First">Its first address.</param>
/// <param name="Last">Its last address.</param>
/// <param name="Flags">The kernel's flags (include/linux/ioport.h).</param>
/// <param name="Text">The kernel's line.</param>
internal readonly record struct PciResource(int Index, ulong First, ulong Last, ulong Flags, string Text)
{
    private const ulong Memory = 0x200;
    private const ulong Unset = 0x20000000;
    private const int LastBar = 5;

    /// <summary>Whether it is memory, rather than ports.</summary>
    public bool IsMemory => (Flags & Memory) != 0;

    /// <summary>Whether it is a BAR of the function itself.</summary>
    public bool IsBar => Index <= LastBar;

    /// <summary>Whether the firmware and the kernel found no addresses for it.</summary>
    public bool IsUnassigned => Flags != 0 && ((Flags & Unset) != 0 || (First == 0 && Last == 0));

    /// <summary>The memory BARs of a function that have addresses.</summary>
    public static IReadOnlyList<PciResource> MemoryOf(PciFunction function)
        => [.. Of(function).Where(static resource => resource is { IsBar: true, IsMemory: true, IsUnassigned: false })];

    /// <summary>All of a function; lines that make no sense are left out.</summary>
    public static IReadOnlyList<PciResource> Of(PciFunction function)
    {
        var found = new List<PciResource>();
        string[] lines = (function.Attribute("resource").Value ?? string.Empty).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3 && HostText.Hex(words[0]) is { } first && HostText.Hex(words[1]) is { } last && HostText.Hex(words[2]) is { } flags)
            {
                found.Add(new PciResource(i, first, last, flags, lines[i].Trim()));
            }
        }

        return found;
    }
}
