using System.Xml.Linq;
using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>Gives castxml's types their C and C# spelling.</summary>
/// <param name="xml">castxml's output.</param>
/// <param name="isBound">Whether a struct, union or enum is among the bound types.</param>
internal sealed class TypeResolver(XDocument xml, Func<string, bool> isBound)
{
    /// <summary>Typedefs whose C# type says more than the C type behind them would.</summary>
    private static readonly Dictionary<string, string> _typedefs = new(StringComparer.Ordinal)
    {
        ["size_t"] = "nuint",
        ["ssize_t"] = "nint",
        ["off_t"] = "long",
        ["__off_t"] = "long",
        ["rlim_t"] = "ulong",
        ["uint64_t"] = "ulong",
        ["int64_t"] = "long",
        // An enum only for C's own type checking: int without _GNU_SOURCE.
        ["__rlimit_resource_t"] = "int",
    };

    private static readonly Dictionary<string, string> _fundamentals = new(StringComparer.Ordinal)
    {
        ["void"] = "void",
        ["char"] = "sbyte",
        ["signed char"] = "sbyte",
        ["unsigned char"] = "byte",
        ["short int"] = "short",
        ["short unsigned int"] = "ushort",
        ["int"] = "int",
        ["unsigned int"] = "uint",
        ["long int"] = "nint",
        ["long unsigned int"] = "nuint",
        ["long long int"] = "long",
        ["long long unsigned int"] = "ulong",
    };

    private readonly Dictionary<string, XElement> _elements = xml.Root!.Elements()
        .Where(element => element.Attribute("id") is not null)
        .ToDictionary(element => element.Name("id"), StringComparer.Ordinal);

    public XElement Element(string id) =>
        _elements.TryGetValue(id, out XElement? element)
            ? element
            : throw new GeneratorException($"castxml names a type {id} that it does not describe");

    /// <summary>The type behind typedefs and elaborations.</summary>
    public XElement Strip(string id)
    {
        XElement element = Element(id);
        return element.Name.LocalName is "Typedef" or "ElaboratedType" or "CvQualifiedType"
            ? Strip(element.Name("type"))
            : element;
    }

    public TypeModel Resolve(string id) => new(Native(id), Managed(id), Size(id));

    /// <summary>The type of a C# constant: 64 bits wide where C's long is.</summary>
    public string Constant(string id)
    {
        string managed = Managed(id);
        return managed switch
        {
            "nint" => "long",
            "nuint" => "ulong",
            "sbyte" or "byte" or "short" or "ushort" => "int",
            _ => managed,
        };
    }

    private string Native(string id)
    {
        XElement element = Element(id);
        return element.Name.LocalName switch
        {
            "Typedef" or "FundamentalType" => Plain(element.Name("name")),
            "ElaboratedType" => Tag(Element(element.Name("type"))) + Native(element.Name("type")),
            "CvQualifiedType" => (element.Attribute("const") is null ? "" : "const ") + Native(element.Name("type")),
            "PointerType" when Native(element.Name("type")) is var target =>
                target.EndsWith('*') ? $"{target}*" : $"{target} *",
            _ => element.OptionalName(),
        };
    }

    // GCC's "long unsigned int" is "unsigned long" to those who write C.
    private static string Plain(string name) => name switch
    {
        "long unsigned int" => "unsigned long",
        "long int" => "long",
        "long long unsigned int" => "unsigned long long",
        "long long int" => "long long",
        "short unsigned int" => "unsigned short",
        "short int" => "short",
        _ => name,
    };

    private static string Tag(XElement element) => element.Name.LocalName switch
    {
        "Struct" => "struct ",
        "Union" => "union ",
        "Enumeration" => "enum ",
        _ => "",
    };

    private string Managed(string id)
    {
        XElement element = Element(id);
        switch (element.Name.LocalName)
        {
            case "Typedef" when _typedefs.TryGetValue(element.Name("name"), out string? managed):
                return managed;
            case "Typedef" or "ElaboratedType" or "CvQualifiedType":
                return Managed(element.Name("type"));
            case "FundamentalType":
                return _fundamentals.TryGetValue(element.Name("name"), out string? fundamental)
                    ? fundamental
                    : throw new GeneratorException($"no C# type for C's {element.Name("name")}");
            case "PointerType":
                return ManagedTarget(element.Name("type")) + "*";
            case "Enumeration" when !isBound(element.OptionalName()):
                return Managed(element.Name("type"));
            case "Struct" or "Union" or "Enumeration":
                return element.OptionalName();
            default:
                throw new GeneratorException($"no C# type for castxml's {element.Name.LocalName} {id}");
        }
    }

    private string ManagedTarget(string id)
    {
        XElement target = Strip(id);
        return target.Name.LocalName switch
        {
            // Text for the kernel is bytes; sbyte would only ask for casts.
            "FundamentalType" when target.OptionalName() == "char" => "byte",
            "Struct" or "Union" when !isBound(target.OptionalName()) => "void",
            "FunctionType" => "void",
            _ => Managed(id),
        };
    }

    private int Size(string id)
    {
        XElement element = Strip(id);
        return element.Attribute("size") is null ? 0 : element.Bytes("size");
    }
}
