using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Emit;

/// <summary>Writes a header's constants and functions as members of a static class.</summary>
internal static class ClassEmitter
{
    public static void Write(CodeWriter code, HeaderModel header)
    {
        (string content, string modifier) = header.Functions.Count > 0
            ? ("Constants and functions", "unsafe ")
            : ("Constants", "");
        code.Line($"/// <content>{content} of <c>{header.Header}</c>.</content>");
        code.Line($"public static {modifier}partial class {header.ClassName}");
        code.Open();
        bool isFirst = true;
        foreach (ConstantModel constant in header.Constants)
        {
            Separate(code, ref isFirst);
            if (constant.Definition is { } body)
            {
                code.Line($"[NativeTypeName(\"{CSharp.Escape($"#define {constant.Name} {body}")}\")]");
            }

            code.Line($"public const {constant.Type} {CSharp.Identifier(constant.Name)} = {CSharp.Literal(constant)};");
        }

        foreach (FunctionModel function in header.Functions)
        {
            Separate(code, ref isFirst);
            WriteFunction(code, function);
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

    private static void WriteFunction(CodeWriter code, FunctionModel function)
    {
        IEnumerable<string> parameters = function.Parameters.Select(parameter =>
            $"{Attribute(parameter.Type)}{parameter.Type.Managed} {CSharp.Identifier(parameter.Name)}");
        if (function.Tail is not null)
        {
            parameters = parameters.Append(function.Tail);
        }

        code.Line("[LibraryImport(LibraryName, SetLastError = true)]");
        string returns = CSharp.NativeTypeName(function.Returns.Native, function.Returns.Managed);
        if (returns.Length > 0)
        {
            code.Line(returns.Replace("[", "[return: ", StringComparison.Ordinal));
        }

        code.Line($"public static partial {function.Returns.Managed} {function.Name}({string.Join(", ", parameters)});");
    }

    private static string Attribute(TypeModel type)
    {
        string attribute = CSharp.NativeTypeName(type.Native, type.Managed);
        return attribute.Length > 0 ? attribute + " " : "";
    }
}
