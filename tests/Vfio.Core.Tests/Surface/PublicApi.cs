using System.Reflection;
using System.Runtime.CompilerServices;

namespace Vfio.Core.Tests;

/// <summary>Writes down what an assembly offers: one line for each type and member, sorted.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Describe(Assembly assembly)
        => [.. assembly.GetExportedTypes()
            .OrderBy(static type => type.FullName, StringComparer.Ordinal)
            .SelectMany(static type => Members(type).Order(StringComparer.Ordinal).Select(static line => "  " + line).Prepend(Heading(type)))];

    /// <summary>Every type that a user meets in the signature of a visible member.</summary>
    public static IEnumerable<(string Where, Type Type)> Signatures(Assembly assembly)
        => from type in assembly.GetExportedTypes()
           from met in Bases(type).Concat(Visible(type).SelectMany(SignatureOf))
           from part in Parts(met)
           select ($"{type.Name}", part);

    private static readonly Dictionary<Type, string> _keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary>The name as C# writes it.</summary>
    public static string NameOf(Type type)
    {
        if (_keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (type.IsByRef)
        {
            return "ref " + NameOf(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return NameOf(underlying) + "?";
        }

        string name = type.IsNested && !type.IsGenericParameter ? NameOf(type.DeclaringType!) + "." + type.Name : type.Name;
        return type.IsGenericType
            ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>"
            : name;
    }

    private static string Heading(Type type)
    {
        string kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        string bases = string.Join(", ", Bases(type).Select(NameOf).Order(StringComparer.Ordinal));
        return $"{kind} {NameOf(type)}{(bases.Length == 0 ? string.Empty : " : " + bases)}";
    }

    private static IEnumerable<Type> Bases(Type type)
    {
        IEnumerable<Type> own = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []);
        return type.IsEnum ? [] : type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)
            ? own.Prepend(parent)
            : own;
    }

    private static IEnumerable<string> Members(Type type) => type.IsEnum
        ? Enum.GetNames(type).Select(name => $"{Convert.ToInt64(Enum.Parse(type, name)),4} {name}")
        : Visible(type).Select(Describe);

    private static IEnumerable<MemberInfo> Visible(Type type)
        => type.GetMembers(Declared).Where(static member => member switch
        {
            MethodBase method => IsVisible(method) && !IsSynthesized(method) && (method is ConstructorInfo || !IsAccessor(method)),
            PropertyInfo { Name: not "EqualityContract" } property => property.GetAccessors(nonPublic: true).Any(IsVisible),
            FieldInfo field => field.IsPublic || field.IsFamily,
            _ => false,
        });

    private static bool IsAccessor(MethodBase method)
        => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // What the compiler adds to every record, and what the runtime calls.
    private static bool IsSynthesized(MethodBase method)
        => method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || method.Name is "Finalize"
        || method.Name.Contains('<', StringComparison.Ordinal);

    private static string Describe(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"{NameOf(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method => $"{Static(method)}{NameOf(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property => $"{Static(property.GetMethod!)}{NameOf(property.PropertyType)} {property.Name} {{ {Accessors(property)} }}",
        FieldInfo { IsLiteral: true } field => $"const {NameOf(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo field => $"{NameOf(field.FieldType)} {field.Name}",
        _ => member.ToString()!,
    };

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : string.Empty;

    private static string Generics(MethodInfo method) => method.IsGenericMethod
        ? $"<{string.Join(", ", method.GetGenericArguments().Select(static type => type.Name))}>"
        : string.Empty;

    private static string Accessors(PropertyInfo property)
    {
        IEnumerable<string> accessors = property.GetAccessors(nonPublic: true).Where(IsVisible).Select(accessor =>
            accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;");
        return string.Join(' ', accessors.Order(StringComparer.Ordinal));
    }

    private static bool IsInit(MethodInfo setter)
        => setter.ReturnParameter.GetRequiredCustomModifiers().Any(static type => type.Name == "IsExternalInit");

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static parameter =>
        (parameter.IsOut ? "out " + NameOf(parameter.ParameterType.GetElementType()!) : NameOf(parameter.ParameterType))
        + " " + parameter.Name + (parameter.HasDefaultValue ? " = " + (parameter.DefaultValue ?? "default") : string.Empty)));

    private static IEnumerable<Type> SignatureOf(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(static p => p.ParameterType).Append(method.ReturnType),
        ConstructorInfo constructor => constructor.GetParameters().Select(static p => p.ParameterType),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type)
    {
        IEnumerable<Type> inner = type.HasElementType ? [type.GetElementType()!] : type.GetGenericArguments();
        return inner.Where(static part => !part.IsGenericParameter).SelectMany(Parts).Append(type);
    }
}
