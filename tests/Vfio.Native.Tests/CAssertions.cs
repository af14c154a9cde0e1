using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Vfio.Native.Tests;

/// <summary>
/// Writes what the assembly says, found by reflection, as assertions in C. Knows nothing of the generator and its
/// model.
/// </summary>
internal sealed class CAssertions
{
    private static readonly Type[] _signed =
        [typeof(sbyte), typeof(short), typeof(int), typeof(long), typeof(nint)];

    private readonly Dictionary<HeaderUnit, StringBuilder> _sources = [];
    private readonly HashSet<MemberInfo> _covered = [];

    public CAssertions(Assembly assembly)
    {
        foreach (HeaderUnit unit in HeaderUnit.All)
        {
            _sources.Add(unit, new(unit.Includes));
            _covered.Add(unit.Constants);
            foreach (FieldInfo constant in unit.Constants.GetFields().Where(field => field.IsLiteral))
            {
                AddConstant(unit, constant);
            }
        }

        foreach (Type type in assembly.GetExportedTypes().Where(type => type.IsValueType && !type.IsNested))
        {
            (HeaderUnit Unit, string Tag)[] homes = [.. HeaderUnit.All
                .Select(unit => (unit, unit.FindTag(type.Name)))
                .OfType<(HeaderUnit, string)>()
                .Where(home => home.Item2 is not null)];
            if (homes.Length > 0)
            {
                AddType(homes[0].Unit, homes[0].Tag, type);
            }
        }
    }

    public IEnumerable<(HeaderUnit Unit, string Source)> Sources =>
        _sources.Select(pair => (pair.Key, pair.Value.ToString()));

    public bool Covers(MemberInfo member) => _covered.Contains(member);

    private void Assert(HeaderUnit unit, string condition, string message) =>
        _sources[unit].Append(CultureInfo.InvariantCulture, $"_Static_assert({condition}, \"{message}\");\n");

    private void AddConstant(HeaderUnit unit, FieldInfo constant)
    {
        string name = constant.Name;
        switch (constant.GetRawConstantValue())
        {
            case string text:
                string same = $"__builtin_strcmp({name}, \"{text}\") == 0";
                Assert(unit, $"sizeof({name}) == {text.Length + 1} && {same}", $"{name} is {text}");
                break;
            case { } value when constant.FieldType == typeof(nint):
                // A pointer in C.
                Assert(unit, $"(long){name} == {value}L", $"{name} is {value}");
                break;
            case { } value:
                string literal = Literal(value);
                Assert(unit, $"({name}) == {literal} && (({name}) < 0) == ({literal} < 0)", $"{name} is {value}");
                int size = Layout.SizeOf(constant.FieldType);
                Assert(unit, $"sizeof({name}) == {size}", $"{name} has {size} bytes");
                break;
        }

        _covered.Add(constant);
    }

    private void AddType(HeaderUnit unit, string tag, Type type)
    {
        _covered.Add(type);
        Assert(unit, $"sizeof({tag}) == {Layout.SizeOf(type)}", $"{tag} has {Layout.SizeOf(type)} bytes");
        if (!type.IsEnum)
        {
            AddFields(unit, tag, type, path: "", start: 0);
            return;
        }

        foreach (FieldInfo member in type.GetFields().Where(field => field.IsLiteral))
        {
            Assert(unit, $"{member.Name} == {Literal(member.GetRawConstantValue()!)}", $"{member.Name} of {tag}");
            _covered.Add(member);
        }
    }

    private void AddFields(HeaderUnit unit, string tag, Type type, string path, int start)
    {
        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            _covered.Add(field);
            int offset = start + Layout.OffsetOf(field);
            if (field.FieldType.IsNested)
            {
                _covered.Add(field.FieldType);
            }

            // C has no name for an anonymous member: its own members stand for it.
            if (field.Name.StartsWith("Anonymous", StringComparison.Ordinal))
            {
                AddFields(unit, tag, field.FieldType, path, offset);
                continue;
            }

            AddField(unit, tag, field.FieldType, path + field.Name, offset);
        }
    }

    private void AddField(HeaderUnit unit, string tag, Type type, string path, int offset)
    {
        int size = Layout.SizeOf(type);
        string expression = $"((({tag} *)0)->{path})";
        Assert(unit, $"offsetof({tag}, {path}) == {offset}", $"{tag}.{path} is at {offset}");
        Assert(unit, $"sizeof({expression}) == {size}", $"{tag}.{path} has {size} bytes");
        if (type.GetCustomAttribute<InlineArrayAttribute>() is { } array)
        {
            FieldInfo element = type.GetFields().Single();
            _covered.Add(element);
            string count = $"sizeof({expression}) / sizeof({expression}[0])";
            Assert(unit, $"{count} == {array.Length}", $"{tag}.{path} has {array.Length} elements");
            AddSign(unit, $"{expression}[0]", element.FieldType, path);
        }
        else if (type.IsNested)
        {
            AddFields(unit, tag, type, path + ".", offset);
        }
        else
        {
            AddSign(unit, expression, type, path);
        }
    }

    private void AddSign(HeaderUnit unit, string expression, Type type, string path)
    {
        if (type.IsPrimitive)
        {
            (int isSigned, string word) = _signed.Contains(type) ? (1, "signed") : (0, "unsigned");
            Assert(unit, $"((__typeof__({expression}))-1 < 0) == {isSigned}", $"{path} is {word}");
        }
    }

    private static string Literal(object value) => value switch
    {
        uint number => $"{number}U",
        long number => $"{number}L",
        ulong number => $"{number}UL",
        // -2147483648 is an expression of a long in C.
        int number => number < 0 ? $"({number + 1} - 1)" : number.ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
