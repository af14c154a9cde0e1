using System.Globalization;
using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What the input devices of a host are for (<c>/proc/bus/input/devices</c>), by the name of the device such as <c>input3</c>.</summary>
internal sealed class InputHandlers
{
    private const string Table = "/proc/bus/input/devices";

    // KEY_ESC to KEY_S of linux/input-event-codes.h: what has all of them is a keyboard, and not a power button or a headset.
    private const ulong KeyboardKeys = 0xffff_fffe;

    private readonly HostTree _tree;
    private readonly Dictionary<string, (string? Name, string[] Handlers, string Line)> _devices = new(StringComparer.Ordinal);

    public InputHandlers(HostTree tree)
    {
        _tree = tree;
        string? name = null;
        string? device = null;
        foreach (string line in (tree.ReadText(Table).Value ?? string.Empty).Split('\n'))
        {
            if (line.Length == 0)
            {
                (name, device) = (null, null);
            }
            else if (line.StartsWith("N: Name=", StringComparison.Ordinal))
            {
                name = line["N: Name=".Length..].Trim().Trim('"');
            }
            else if (line.StartsWith("S: Sysfs=", StringComparison.Ordinal))
            {
                device = Path.GetFileName(line["S: Sysfs=".Length..].Trim());
            }
            else if (device is not null && line.StartsWith("H: Handlers=", StringComparison.Ordinal))
            {
                _devices[device] = (name, line["H: Handlers=".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries), line);
            }
        }
    }

    /// <summary>What a device is where it is a keyboard or a mouse, with its name and what says so; else null.</summary>
    public (string What, string? Name, Evidence Evidence)? Describe(ClassDevice input)
    {
        if (_devices.TryGetValue(input.Name, out (string? Name, string[] Handlers, string Line) device))
        {
            string? what = device.Handlers.Contains("kbd") ? "keyboard" : Array.Exists(device.Handlers, IsMouse) ? "mouse" : null;
            return what is null ? null : (what, device.Name, new Evidence(Table, device.Line));
        }

        if (IsMouse(input.Name))
        {
            return ("mouse", null, new Evidence(input.Folder, null));
        }

        // The word of the lowest keys comes last.
        HostFact<string> keys = _tree.ReadText($"{input.Folder}/capabilities/key");
        return keys.IsKnown
            && ulong.TryParse(keys.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong bits)
            && (bits & KeyboardKeys) == KeyboardKeys
                ? ("keyboard", _tree.ReadText($"{input.Folder}/name").Value, Evidence.Of(keys))
                : null;
    }

    private static bool IsMouse(string name) => name.StartsWith("mouse", StringComparison.Ordinal) && name.Length > 5 && name[5..].All(char.IsAsciiDigit);
}
