using System.Globalization;

namespace Vfio.Core;

/// <summary>Names for the numbers of vendors, devices and classes, from the system's <c>pci.ids</c>.</summary>
/// <remarks>Immutable, and so thread-safe. Without the file every name is null.</remarks>
public sealed class PciNames
{
    private static readonly string[] _files = ["/usr/share/misc/pci.ids", "/usr/share/hwdata/pci.ids"];

    private readonly Dictionary<uint, string> _vendors = [];
    private readonly Dictionary<(uint Vendor, uint Device), string> _devices = [];
    private readonly Dictionary<uint, string> _classes = [];
    private readonly Dictionary<(uint Class, uint Subclass), string> _subclasses = [];

    private PciNames()
    {
    }

    /// <summary>Whether there are no names at all, because the system has no file of them.</summary>
    public bool IsEmpty => _vendors.Count == 0 && _classes.Count == 0;

    /// <summary>Reads the system's file.</summary>
    public static PciNames Load()
    {
        foreach (string file in _files)
        {
            try
            {
                return Parse(File.ReadLines(file));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Names are a comfort: go on to the next place, or do without.
            }
        }

        return new PciNames();
    }

    /// <summary>Reads lines in the format of <c>pci.ids</c>; what does not fit it is passed over.</summary>
    public static PciNames Parse(IEnumerable<string> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var names = new PciNames();
        bool inClasses = false;
        uint? parent = null;
        foreach (string line in lines)
        {
            ReadOnlySpan<char> text = line;
            if (text.IsEmpty || text[0] == '#' || text.StartsWith("\t\t", StringComparison.Ordinal))
            {
                continue;
            }

            if (text[0] == '\t')
            {
                names.AddChild(parent, text[1..], inClasses);
            }
            else
            {
                inClasses = text.StartsWith("C ", StringComparison.Ordinal);
                parent = names.AddParent(inClasses ? text[2..] : text, inClasses);
            }
        }

        return names;
    }

    /// <summary>The name of a vendor, or null.</summary>
    public string? OfVendor(ushort vendor) => _vendors.GetValueOrDefault(vendor);

    /// <summary>The name of a device, or null.</summary>
    public string? OfDevice(ushort vendor, ushort device) => _devices.GetValueOrDefault((vendor, device));

    /// <summary>The name of a class given as <c>0xccsspp</c>: that of the subclass, or of the class, or null.</summary>
    public string? OfClass(uint classCode)
    {
        uint major = (classCode >> 16) & 0xff;
        return _subclasses.GetValueOrDefault((major, (classCode >> 8) & 0xff)) ?? _classes.GetValueOrDefault(major);
    }

    private static int Digits(bool inClasses) => inClasses ? 2 : 4;

    private uint? AddParent(ReadOnlySpan<char> text, bool inClasses)
    {
        if (!TryEntry(text, Digits(inClasses), out uint id, out string name))
        {
            return null;
        }

        (inClasses ? _classes : _vendors)[id] = name;
        return id;
    }

    private void AddChild(uint? parent, ReadOnlySpan<char> text, bool inClasses)
    {
        if (parent is { } of && TryEntry(text, Digits(inClasses), out uint id, out string name))
        {
            (inClasses ? _subclasses : _devices)[(of, id)] = name;
        }
    }

    private static bool TryEntry(ReadOnlySpan<char> text, int digits, out uint id, out string name)
    {
        id = 0;
        name = string.Empty;
        if (text.Length <= digits + 2
            || !uint.TryParse(text[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id))
        {
            return false;
        }

        name = text[digits..].Trim().ToString();
        return name.Length > 0;
    }
}
