namespace Vfio.Assignability;

/// <summary>The list of input devices without their names and numbers: what they can do, and where they hang.</summary>
internal static class InputFilter
{
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
            else if (line.Length > 2 && line[0] is 'I' or 'H' or 'B' || (line[0] == 'S' && !OrdinaryNames.IsUnique(line)))
            {
                lines.Add(line);
            }
        }

        return TextLines.Join(lines);
    }
}
