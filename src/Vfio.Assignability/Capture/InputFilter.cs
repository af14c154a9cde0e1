namespace Vfio.Assignability;

/// <summary>The list of input devices without names of makers and owners, and without numbers: what they can do, and where they hang.</summary>
internal static class InputFilter
{
    // What the kernel itself and the usual machine emulator call them.
    private static readonly HashSet<string> _names = new(StringComparer.Ordinal)
    {
        "AT Translated Set 2 keyboard", "ImExPS/2 Generic Explorer Mouse", "ImPS/2 Generic Wheel Mouse", "Lid Switch", "PC Speaker", "PS/2 Generic Mouse",
        "Power Button", "QEMU QEMU USB Keyboard", "QEMU QEMU USB Mouse", "QEMU QEMU USB Tablet", "QEMU Virtio Keyboard", "QEMU Virtio Mouse",
        "QEMU Virtio Tablet", "Sleep Button", "Video Bus",
    };

    public static string Filter(string text)
    {
        var lines = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0)
            {
                // Blocks are apart by an empty line.
                if (lines is [.., { Length: > 0 }])
                {
                    lines.Add(string.Empty);
                }
            }
            else if (line[0] is 'I' or 'H' or 'B' || (line[0] == 'S' && !OrdinaryNames.IsUnique(line)) || (line[0] == 'N' && IsOrdinary(line)))
            {
                lines.Add(line);
            }
        }

        return TextLines.Join(lines);
    }

    // N: Name="Power Button"
    private static bool IsOrdinary(string line) => line.Split('"') is [_, var name, _] && _names.Contains(name);
}
