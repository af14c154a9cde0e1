using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Vfio.Core.Tests;

/// <summary>
/// A register access must be one load or store of its width, whatever the program does with the value. Nothing in
/// .NET promises that, so the machine code is read here.
/// </summary>
public sealed class MmioCodegenTests
{
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

        MachineMethod[] accessors = [.. probe.Methods.Where(static m => m.Name.StartsWith("Mmio:", StringComparison.Ordinal))];
        Assert.NotEmpty(accessors);
        Assert.All(accessors, AssertAccessor);

        MachineMethod[] members = [.. probe.Methods.Where(static m => m.IsOptimized && IsRegionAccessor(m.Name))];
        Assert.NotEmpty(members);
        Assert.All(members, static member => AssertAccesses(member, AccessOf(member.Name["MappedRegion:".Length..], 1)));

        string[] probes = [.. probe.Probes.Where(static name => !name.StartsWith("Control", StringComparison.Ordinal))];
        Assert.NotEmpty(probes);
        foreach (string name in probes)
        {
            MachineMethod[] compiled = [.. probe.Methods.Where(m => m.Name == name && m.IsOptimized)];
            Assert.True(compiled.Length > 0, $"{name} was never optimised.");
            string[] words = name.Split(':')[1].Split('_');
            int count = words[1] == "Loop" ? 0 : int.Parse(words[1], CultureInfo.InvariantCulture);
            Assert.All(compiled, method => AssertAccesses(method, AccessOf(words[0], count)));
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

    private static bool IsRegionAccessor(string name)
        => name.StartsWith("MappedRegion:Read", StringComparison.Ordinal)
        || name.StartsWith("MappedRegion:Write", StringComparison.Ordinal);

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
        ];
        int all = method.Instructions.Count(static i => i.Callee?.Split(':')[0] is "Mmio" or "MappedRegion" or "IRegisterAccess"
            && IsAccess(i.Callee.Split(':')[1]));
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

    private static bool IsAccess(string name)
        => name.StartsWith("Read", StringComparison.Ordinal) || name.StartsWith("Write", StringComparison.Ordinal);

    private static int Calls(MachineMethod method, string callee) => method.Instructions.Count(i => i.Callee == callee);

    private static string Explain(MachineMethod method)
        => $"{method.Name} ({method.Tier}):\n{string.Join('\n', method.Instructions.Select(static i => i.Text))}";
}
