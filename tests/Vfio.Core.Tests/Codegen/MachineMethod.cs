namespace Vfio.Core.Tests;

/// <summary>One compilation of one method, as <c>DOTNET_JitDisasm</c> lists it.</summary>
/// <param name="Name">Class and method, such as <c>Mmio:Read32</c>.</param>
/// <param name="Tier">How it was compiled, such as <c>Tier1</c>.</param>
/// <param name="Instructions">Its instructions, each as mnemonic and operands.</param>
internal sealed record MachineMethod(string Name, string Tier, IReadOnlyList<Instruction> Instructions)
{
    /// <summary>Whether the compiler has spent its effort on it.</summary>
    public bool IsOptimized => Tier.StartsWith("FullOpts", StringComparison.Ordinal)
        || Tier.StartsWith("Tier1", StringComparison.Ordinal);

    /// <summary>Reads a listing.</summary>
    public static IReadOnlyList<MachineMethod> Parse(IEnumerable<string> lines)
    {
        const string Heading = "; Assembly listing for method ";
        var methods = new List<MachineMethod>();
        List<Instruction> current = [];
        foreach (string line in lines)
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                current = [];
                methods.Add(new MachineMethod(NameIn(line[Heading.Length..]), TierIn(line), current));
            }
            else if (line.StartsWith("       ", StringComparison.Ordinal))
            {
                current.Add(Instruction.Parse(line.Trim()));
            }
        }

        return methods;
    }

    // "Vfio.Core.Mmio:Read32(ptr):uint (Tier1)" is Mmio:Read32; what takes a span is told from what takes a value.
    private static string NameIn(string heading)
    {
        string name = heading[..heading.IndexOfAny(['(', '['])];
        string span = heading.Contains("Span`1", StringComparison.Ordinal) ? "Span" : string.Empty;
        return name[(name[..name.IndexOf(':', StringComparison.Ordinal)].LastIndexOf('.') + 1)..] + span;
    }

    private static string TierIn(string line) => line[(line.LastIndexOf('(') + 1)..].TrimEnd(')');
}
