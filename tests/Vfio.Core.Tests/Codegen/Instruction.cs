using System.Text.RegularExpressions;

namespace Vfio.Core.Tests;

/// <summary>One machine instruction of an x64 listing.</summary>
/// <param name="Text">The instruction as it is listed.</param>
/// <param name="Width">The width in bits of its access to memory other than the stack, or zero where it makes none.</param>
/// <param name="IsStore">Whether the access writes.</param>
/// <param name="Callee">The class and method that it calls, or null.</param>
internal sealed partial record Instruction(string Text, int Width, bool IsStore, string? Callee)
{
    /// <summary>Whether the access is at a base and an index: what the compiler makes of a register behind an offset, and never of a field.</summary>
    public bool IsIndexed => Width != 0 && Indexed().IsMatch(Text);

    /// <summary>Whether a word of 64 bits in memory is compared with a register: what becomes of the comparison of an epoch, and of no bound.</summary>
    public bool IsComparedWord => Width == 64 && ComparedWord().IsMatch(Text);

    public static Instruction Parse(string text)
    {
        Match call = Call().Match(text);
        if (call.Success)
        {
            return new Instruction(text, 0, false, call.Groups["callee"].Value);
        }

        Match access = Access().Match(text);
        if (!access.Success || text.StartsWith("lea ", StringComparison.Ordinal))
        {
            return new Instruction(text, 0, false, null);
        }

        int width = access.Groups["width"].Value switch
        {
            "byte" => 8,
            "word" => 16,
            "dword" => 32,
            "qword" or "gword" or "bword" => 64,
            _ => int.MaxValue,
        };
        bool store = text.StartsWith("mov ", StringComparison.Ordinal)
            && access.Index < (text.IndexOf(',', StringComparison.Ordinal) is >= 0 and int comma ? comma : text.Length);
        return new Instruction(text, width, store, null);
    }

    [GeneratedRegex(@"^(call|tail\.jmp|jmp)\s+\[(r\d+\])?([\w.]+\.)?(?<callee>\w+:\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();

    [GeneratedRegex(@"^cmp\s+qword ptr \[r\w+\], r\w+$")]
    private static partial Regex ComparedWord();

    [GeneratedRegex(@"ptr\s+\[r\w+\+\d?\*?r\w+", RegexOptions.ExplicitCapture)]
    private static partial Regex Indexed();

    // The stack is the compiler's own; everything else may be a device's.
    [GeneratedRegex(@"(?<width>\w+)\s+ptr\s+\[(?!rbp|rsp)", RegexOptions.ExplicitCapture)]
    private static partial Regex Access();
}
