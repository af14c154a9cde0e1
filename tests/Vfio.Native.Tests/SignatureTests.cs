using System.Reflection;

namespace Vfio.Native.Tests;

/// <summary>
/// The imports' signatures, judged by gcc: as many parameters as C's, each of the same kind and width.
/// </summary>
public sealed class SignatureTests
{
    public static TheoryData<string> Functions =>
        [.. typeof(Libc).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(Describe)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void GccAgreesWithTheSignature(string function)
    {
        MethodInfo method = typeof(Libc).GetMethods(BindingFlags.Static | BindingFlags.Public)
            .Single(method => Describe(method) == function);
        string spellings = string.Concat(Spellings(method)
            .Distinct(StringComparer.Ordinal)
            .Select(spelling => $"{spelling}: 1, "));
        HeaderUnit unit = HeaderUnit.All.Single(unit => unit.Constants == typeof(Libc));
        ToolResult result = Gcc.Check(
            $"{unit.Includes}_Static_assert(_Generic(({method.Name}), {spellings}default: 0), \"{function}\");\n");
        Assert.True(result.ExitCode == 0, result.Errors);
    }

    private static string Describe(MethodInfo method) =>
        $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";

    /// <summary>The C function pointer types that the C# signature may stand for.</summary>
    private static IEnumerable<string> Spellings(MethodInfo method)
    {
        string returns = CTypes(method.ReturnType)[0];
        IEnumerable<string> lists = [""];
        ParameterInfo[] parameters = method.GetParameters();
        for (int i = 0; i < parameters.Length; i++)
        {
            // What C passes through an ellipsis has no type there.
            bool isTail = i == 2 && method.Name is ("open" or "fcntl" or "ioctl");
            string[] types = isTail ? ["..."] : CTypes(parameters[i].ParameterType);
            string comma = i == 0 ? "" : ", ";
            lists = [.. lists.SelectMany(list => types.Select(type => list + comma + type))];
        }

        return lists.Select(list => $"{returns} (*)({(list.Length == 0 ? "void" : list)})");
    }

    private static string[] CTypes(Type type) => type.IsPointer
        ? PointerTypes(type.GetElementType()!)
        : Type.GetTypeCode(type) switch
        {
            // A C enum is an unsigned int to gcc and a plain int to everybody else.
            TypeCode.Int32 => ["int", "unsigned"],
            TypeCode.UInt32 => ["unsigned"],
            TypeCode.Int64 => ["long"],
            TypeCode.UInt64 => ["unsigned long"],
            _ when type == typeof(nint) => ["long"],
            _ when type == typeof(nuint) => ["unsigned long"],
            _ => throw new InvalidOperationException($"no C type for {type}"),
        };

    private static string[] PointerTypes(Type target) => target switch
    {
        _ when target == typeof(void) => ["void *", "const void *"],
        _ when target == typeof(byte) => ["char *", "const char *"],
        _ => [$"struct {target.Name} *", $"const struct {target.Name} *"],
    };
}
