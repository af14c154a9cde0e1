using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Emit;

/// <summary>Writes structs and unions, in the manner of ClangSharp.</summary>
internal sealed class RecordEmitter(IReadOnlyDictionary<string, RecordModel> records)
{
    public void Write(CodeWriter code, RecordModel record, string header)
    {
        string tag = record.IsUnion ? "union" : "struct";
        code.Line($"/// <summary><c>{tag} {record.Name}</c> of <c>{header}</c>, line {record.Line}.</summary>");
        Write(code, record, record.Name, record.Name);
    }

    private static bool NeedsUnsafe(RecordModel record) => record.Fields.Any(field =>
        field.IsFlexible
        || field.Type.Managed.EndsWith('*')
        || (field.Name.Length == 0 && field.Nested is { } nested && NeedsUnsafe(nested)));

    private void Write(CodeWriter code, RecordModel record, string name, string path)
    {
        LayoutPlan plan = LayoutPlan.For(record, AlignOf);
        if (plan.Attribute is not null)
        {
            code.Line(plan.Attribute);
        }

        Member[] members = Member.Name(record);
        code.Line($"public {(NeedsUnsafe(record) ? "unsafe " : "")}partial struct {CSharp.Identifier(name)}");
        code.Open();
        bool isFirst = true;
        foreach (Member member in members.Where(member => !member.Field.IsFlexible))
        {
            Separate(code, ref isFirst);
            WriteField(code, member, plan);
        }

        foreach (Member member in members.Where(member => member.Field.Name.Length == 0))
        {
            WriteAccessors(code, member, path);
        }

        foreach (Member member in members.Where(member => member.Field.IsFlexible))
        {
            Separate(code, ref isFirst);
            WriteFlexible(code, record, member.Field);
        }

        foreach (Member member in members)
        {
            if (member.Field.Nested is { } nested && !member.Field.IsFlexible)
            {
                Separate(code, ref isFirst);
                Write(code, nested, member.NestedType!, $"{path}.{member.NestedType}");
            }

            if (member.Field.Count is > 0)
            {
                Separate(code, ref isFirst);
                WriteBuffer(code, member);
            }
        }

        code.Close();
    }

    private static void Separate(CodeWriter code, ref bool isFirst)
    {
        if (!isFirst)
        {
            code.Line();
        }

        isFirst = false;
    }

    private static void WriteField(CodeWriter code, Member member, LayoutPlan plan)
    {
        if (plan.NeedsOffsets)
        {
            code.Line($"[FieldOffset({member.Field.Offset})]");
        }

        TypeModel type = member.Field.Type;
        if (member.Field.Nested is null)
        {
            string dimensions = member.Field.Count is { } count ? $"[{count}]" : "";
            string native = CSharp.NativeTypeName(type.Native + dimensions, member.TypeName);
            if (native.Length > 0)
            {
                code.Line(native);
            }
        }

        code.Line($"public {member.TypeName} {CSharp.Identifier(member.Identifier)};");
    }

    /// <summary>
    /// Makes the members of an anonymous struct or union members of the one around it, as they are in C.
    /// </summary>
    private static void WriteAccessors(CodeWriter code, Member anonymous, string path)
    {
        foreach (Member inner in Member.Name(anonymous.Field.Nested!))
        {
            string type = inner.IsOwnType ? $"{path}.{anonymous.TypeName}.{inner.TypeName}" : inner.TypeName;
            string name = CSharp.Identifier(inner.Identifier);
            code.Line();
            code.Line("[UnscopedRef]");
            code.Line($"public ref {type} {name} => ref {anonymous.Identifier}.{name};");
        }
    }

    private static void WriteBuffer(CodeWriter code, Member member)
    {
        code.Line($"[InlineArray({member.Field.Count})]");
        code.Line($"public partial struct {member.TypeName}");
        code.Open();
        code.Line($"public {member.ElementType} e0;");
        code.Close();
    }

    private static void WriteFlexible(CodeWriter code, RecordModel record, FieldModel field)
    {
        string element = field.Type.Managed;
        string name = CSharp.Identifier(field.Name);
        string header = CSharp.Identifier(record.Name);
        string native = $"{field.Type.Native} {field.Name}[]";
        Document(code, $"The first element of <c>{native}</c>, which C puts {field.Offset} bytes from the header's start.");
        string start = $"(byte*)header + {field.Offset}";
        string first = element == "byte" ? start : $"({element}*)({start})";
        code.Line($"public static {element}* {name}({header}* header) => {first};");
        code.Line();
        Document(code, $"The elements of <c>{native}</c>, in memory that is at least <see cref=\"SizeOf\" /> bytes long.");
        code.Line($"public static Span<{element}> {name}({header}* header, int count) => new({name}(header), count);");
        code.Line();
        Document(code, $"The size in bytes of a header with <paramref name=\"count\" /> elements of <c>{native}</c>.");
        string sizes = $"sizeof({header}), {field.Offset}, sizeof({element})";
        code.Line($"public static int SizeOf(int count) => FlexibleArray.SizeOf({sizes}, count);");
    }

    private static void Document(CodeWriter code, string summary) => code.Line($"/// <summary>{summary}</summary>");

    private int AlignOf(FieldModel field)
    {
        if (field.Nested is { } nested)
        {
            return LayoutPlan.For(nested, AlignOf).Align;
        }

        return records.TryGetValue(field.Type.Managed, out RecordModel? record)
            ? LayoutPlan.For(record, AlignOf).Align
            : field.Type.Size;
    }
}
