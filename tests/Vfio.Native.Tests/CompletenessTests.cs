using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Vfio.Native.Tests;

/// <summary>
/// Nothing in the assembly that gcc does not judge, and nothing in the headers that the assembly lacks.
/// </summary>
public sealed class CompletenessTests
{
    private static readonly Assembly _assembly = typeof(VfioUapi).Assembly;

    public static TheoryData<string> WholeHeaders => ["linux/vfio.h", "linux/iommufd.h", "linux/pci_regs.h"];

    [Fact]
    public void TheOracleCoversEveryPublicTypeAndField()
    {
        var assertions = new CAssertions(_assembly);
        IEnumerable<MemberInfo> members = _assembly.GetExportedTypes()
            .Where(type => type != typeof(FlexibleArray))
            .SelectMany(type => type.GetFields().Where(field => !field.IsSpecialName).Prepend<MemberInfo>(type));
        Assert.Empty(members
            .Where(member => !assertions.Covers(member))
            .Select(member => $"{member.DeclaringType?.Name}.{member.Name}"));
    }

    [Fact]
    public void TheHandWrittenClassHasNothingToCover() => Assert.Empty(typeof(FlexibleArray).GetFields());

    [Theory]
    [MemberData(nameof(WholeHeaders))]
    public void EveryMacroOfTheHeaderIsAConstantWithItsValue(string header)
    {
        HeaderUnit unit = HeaderUnit.All.Single(unit => unit.MainHeader == header);
        string[] names = [.. ValuedMacros(unit)];
        if (header != "linux/pci_regs.h")
        {
            Assert.Contains(names, name => name is "VFIO_DEVICE_GET_INFO" or "IOMMU_IOAS_ALLOC");
        }

        IEnumerable<string> prints = names.Select(name => $"P({name});\n");
        string output = Gcc.CompileAndRun(
            unit.Includes + """
            #include <stdio.h>
            static void text(const char *name, const char *value) { printf("%s=%s\n", name, value); }
            static void number(const char *name, long value) { printf("%s=%ld\n", name, value); }
            #define P(x) _Generic((x), char *: text, default: number)(#x, (x))
            int main(void) {

            """ + string.Concat(prints) + "return 0; }\n");
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = line.Split('=', 2);
            FieldInfo? constant = unit.Constants.GetField(pair[0]);
            Assert.True(constant is { IsLiteral: true }, $"{pair[0]} of {header} is missing in {unit.Constants.Name}");
            string value = Spell(constant.GetRawConstantValue()!);
            Assert.True(value == pair[1], $"{pair[0]} is {pair[1]} in C, {value} in C#");
        }
    }

    [Theory]
    [InlineData("linux/vfio.h")]
    [InlineData("linux/iommufd.h")]
    public void EveryStructOfTheHeaderIsThereWithItsSize(string header)
    {
        HeaderUnit unit = HeaderUnit.All.Single(unit => unit.MainHeader == header);
        string own = OwnLines(Gcc.Preprocess(unit.Includes), header);
        string[] names = [.. Names(own, @"^struct\s+(?<name>\w+)\s*\{")];
        Assert.True(names.Length > 20, $"only {names.Length} structs found in {header}");

        IEnumerable<string> prints = names.Select(name => $"printf(\"{name} %zu\\n\", sizeof(struct {name}));\n");
        string output = Gcc.CompileAndRun(
            $"{unit.Includes}#include <stdio.h>\nint main(void) {{\n{string.Concat(prints)}return 0; }}\n");
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
        {
            string[] pair = line.Split(' ');
            Type? type = _assembly.GetType("Vfio.Native." + pair[0]);
            Assert.True(type is not null, $"struct {pair[0]} of {header} is missing");
            Assert.Equal(int.Parse(pair[1], CultureInfo.InvariantCulture), Layout.SizeOf(type));
        });
    }

    /// <summary>The header's own macros, but for those without a value and those with parameters.</summary>
    private static IEnumerable<string> ValuedMacros(HeaderUnit unit)
    {
        string own = OwnLines(Gcc.Preprocess(unit.Includes, "-dD"), unit.MainHeader);
        return Names(own, @"^#define (?<name>\w+) +\S").Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(string text, string pattern) =>
        Regex.Matches(text, pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .Select(match => match.Groups["name"].Value);

    /// <summary>What of a preprocessed text came from one file.</summary>
    private static string OwnLines(string preprocessed, string header)
    {
        bool isOwn = false;
        var own = new List<string>();
        foreach (string line in preprocessed.Split('\n'))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                isOwn = line.Contains($"/{header}\"", StringComparison.Ordinal);
            }
            else if (isOwn)
            {
                own.Add(line);
            }
        }

        return string.Join('\n', own);
    }

    // The C program prints every number as a signed long.
    private static string Spell(object value) => value switch
    {
        ulong number => unchecked((long)number).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
