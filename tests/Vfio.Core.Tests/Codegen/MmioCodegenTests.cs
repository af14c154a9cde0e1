using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Vfio.Core.Tests;

/// <summary>
/// A register access must be one load or store of its width, whatever the program does with the value. Nothing in
/// .NET promises that, so the machine code is read here.
/// </summary>
public sealed partial class MmioCodegenTests
{
    private const string Examine = "MappedRegion:Examine";

    private static readonly Lazy<CodegenProbe> _controls = new(static () => CodegenProbe.Run("TieredCompilation=0"));

    public static TheoryData<string> Settings { get; } = new(
        "TieredCompilation=0",
        "TieredCompilation=1 TieredPGO=1",
        "TieredCompilation=1 TieredPGO=0");

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_access_is_one_instruction_of_its_width(string settings)
    {
        RequireReadableCode();
        CodegenProbe probe = CodegenProbe.Run(settings);

        MachineMethod[] accessors = [.. probe.Methods.Where(static m => Accessor("Mmio").IsMatch(m.Name))];
        Assert.NotEmpty(accessors);
        Assert.All(accessors, AssertAccessor);

        MachineMethod[] members = [.. probe.Methods.Where(static m => m.IsOptimized && Accessor("MappedRegion").IsMatch(m.Name))];
        Assert.NotEmpty(members);
        Assert.All(members, AssertMember);

        MachineMethod[] blocks = [.. probe.Methods.Where(static m => m.IsOptimized && m.Name.StartsWith("Mmio:", StringComparison.Ordinal)
            && m.Name.EndsWith("Span", StringComparison.Ordinal))];
        Assert.Equal(4, blocks.Select(static m => m.Name).Distinct().Count());
        Assert.All(blocks, AssertBlock);

        string[] probes = [.. probe.Probes.Where(static name => !name.StartsWith("Control", StringComparison.Ordinal))];
        Assert.NotEmpty(probes);
        foreach (string name in probes)
        {
            MachineMethod[] compiled = [.. probe.Methods.Where(m => m.Name == name && m.IsOptimized)];
            Assert.True(compiled.Length > 0, $"{name} was never optimised.");
            string[] words = name.Split(':')[1].Split('_');
            int count = words[1] == "Loop" ? 0 : int.Parse(words[1], CultureInfo.InvariantCulture);
            Assert.All(compiled, method => AssertAccesses(method, AccessOf(words[0], count)));
            if (name.EndsWith("OneRegister", StringComparison.Ordinal))
            {
                Assert.All(compiled.Where(static m => Calls(m, Examine) != 0), method => AssertGuarded(method, count));
            }
        }
    }

    [Theory]
    [InlineData("ControlProbes:Read32_1_Mask", 8)]
    [InlineData("ControlProbes:Read64_1_Narrow", 32)]
    [InlineData("ControlProbes:Read64_1_Discard", 32)]
    public void The_detector_sees_that_a_plain_volatile_read_is_narrowed(string control, int width)
    {
        RequireReadableCode();
        MachineMethod method = Assert.Single(_controls.Value.Methods, m => m.Name == control);
        Assert.Equal(width, Assert.Single(method.Instructions, static i => i.Width != 0).Width);
        Assert.ThrowsAny<Exception>(() => AssertAccesses(method, AccessOf(control.Split(':')[1].Split('_')[0], 1)));
    }

    [Fact]
    public void The_detector_sees_that_two_plain_writes_are_joined()
    {
        RequireReadableCode();
        MachineMethod method = Assert.Single(_controls.Value.Methods, static m => m.Name == "ControlProbes:Write8_2_Neighbours");
        Assert.Equal(16, Assert.Single(method.Instructions, static i => i.IsStore).Width);
        Assert.ThrowsAny<Exception>(() => AssertAccesses(method, AccessOf("Write8", 2)));
    }

    private static void RequireReadableCode()
    {
        Assert.SkipUnless(
            RuntimeInformation.ProcessArchitecture == Architecture.X64,
            "The listing is read for x64; another architecture needs its mnemonics.");
        Assert.SkipWhen(
            typeof(VfioDevice).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true },
            "A build for debugging is not optimised; the subject is the code that ships.");
    }

    private static Regex Accessor(string type) => new($"^{type}:(Read|Write)(8|16|32|64)$", RegexOptions.ExplicitCapture);

    [GeneratedRegex("^(Read|Write)(?<slow>Slowly)?(?<width>\\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Access();

    private static RegisterAccess AccessOf(string name, int count)
    {
        bool store = name.StartsWith("Write", StringComparison.Ordinal);
        return new RegisterAccess(store, int.Parse(name[(store ? 5 : 4)..], CultureInfo.InvariantCulture), count);
    }

    /// <summary>The accessor itself, however it was compiled: one access, nothing else that reaches memory.</summary>
    private static void AssertAccessor(MachineMethod method)
    {
        RegisterAccess expected = AccessOf(method.Name.Split(':')[1], 1);
        Instruction access = Assert.Single(method.Instructions, static i => i.Width != 0);
        Assert.True(access.Width == expected.Width && access.IsStore == expected.IsStore || IsLoadInto(access, expected), Explain(method));
        Assert.DoesNotContain(method.Instructions, static i => i.Callee is not null);
    }

    /// <summary>A member of the region: one access at base and offset, and what it calls where the region has no fast part there.</summary>
    private static void AssertMember(MachineMethod method)
    {
        string name = method.Name.Split(':')[1];
        RegisterAccess expected = AccessOf(name, 1);
        Instruction access = Assert.Single(method.Instructions, static i => i.IsIndexed);
        Assert.True(access.Width == expected.Width && access.IsStore == expected.IsStore, Explain(method));
        Assert.True(expected.IsStore || IsLoadInto(access, expected), Explain(method));
        string slow = string.Concat("MappedRegion:", name.AsSpan(0, expected.IsStore ? 5 : 4), "Slowly", name.AsSpan(expected.IsStore ? 5 : 4));
        Assert.All(method.Instructions.Where(static i => i.Callee is not null), i => Assert.True(i.Callee == slow || i.Callee == Examine, Explain(method)));
        AssertGuarded(method, 1);
    }

    /// <summary>Each access is held against the epoch: taken before it, compared after it, and looked at where that differs.</summary>
    private static void AssertGuarded(MachineMethod method, int count)
    {
        Assert.Equal(count, Calls(method, Examine));
        Instruction[] epochs = [.. method.Instructions.Where(static i => i.IsComparedWord)];
        Assert.True(epochs.Length == count, Explain(method));
    }

    /// <summary>A loop over a span: no access of another width than its own, however the compiler shapes the loop.</summary>
    private static void AssertBlock(MachineMethod method)
    {
        int width = method.Name.Contains("32", StringComparison.Ordinal) ? 32 : 64;
        Instruction[] accesses = [.. method.Instructions.Where(static i => i.Width != 0)];
        Assert.Contains(accesses, static i => i.IsStore);
        Assert.Contains(accesses, static i => !i.IsStore);
        Assert.True(Array.TrueForAll(accesses, i => i.Width == width && i.Text.StartsWith("mov ", StringComparison.Ordinal)), Explain(method));
        Assert.DoesNotContain(method.Instructions, static i => i.Callee is not null);
    }

    private static bool IsLoadInto(Instruction access, RegisterAccess expected)
        => !expected.IsStore && access.Width == expected.Width && access.Text.StartsWith("mov", StringComparison.Ordinal);

    /// <summary>
    /// A caller: its accesses are calls of the accessors, or stores that were inlined from them. Where the compiler
    /// keeps several ways for one access, such as a guess of the type behind an interface, each way has all of them.
    /// </summary>
    private static void AssertAccesses(MachineMethod method, RegisterAccess expected)
    {
        string accessor = (expected.IsStore ? "Write" : "Read") + expected.Width.ToString(CultureInfo.InvariantCulture);
        Instruction[] stores = [.. method.Instructions.Where(static i => i.IsStore)];
        Assert.True(Array.TrueForAll(stores, i => expected.IsStore && i.Width == expected.Width), Explain(method));
        int[] ways =
        [
            stores.Length + Calls(method, "Mmio:" + accessor),
            Calls(method, "MappedRegion:" + accessor),
            Calls(method, "IRegisterAccess:" + accessor),
            Calls(method, $"Register{expected.Width}:" + (expected.IsStore ? "Write" : "Read")),
        ];
        int all = 0;
        foreach (string[] callee in method.Instructions.Where(static i => i.Callee is not null).Select(static i => i.Callee!.Split(':')))
        {
            Match access = Access().Match(callee[1]);
            if (callee[0].StartsWith("Register", StringComparison.Ordinal))
            {
                all++;
            }
            else if (callee[0] is "Mmio" or "MappedRegion" or "IRegisterAccess" && access.Success)
            {
                // What a store that was inlined calls where the region has no fast part there.
                Assert.True(!access.Groups["slow"].Success || access.Groups["width"].Value == $"{expected.Width}", Explain(method));
                all += access.Groups["slow"].Success ? 0 : 1;
            }
        }

        Assert.True(ways.Sum() - stores.Length == all, $"An access of another width. {Explain(method)}");
        if (expected.Count == 0)
        {
            // A loop: how often the code stands there is the compiler's choice, which code is not.
            Assert.True(all > 0, Explain(method));
            return;
        }

        Assert.True(ways.Any(n => n != 0) && ways.All(n => n == 0 || n == expected.Count), Explain(method));
        if (method.Name.StartsWith("PointerProbes", StringComparison.Ordinal))
        {
            Assert.True(method.Instructions.All(static i => i.Width == 0 || i.IsStore), $"A load beside the accessor. {Explain(method)}");
        }
    }

    private static int Calls(MachineMethod method, string callee) => method.Instructions.Count(i => i.Callee == callee);

    private static string Explain(MachineMethod method)
        => $"{method.Name} ({method.Tier}):\n{string.Join('\n', method.Instructions.Select(static i => i.Text))}";
}
