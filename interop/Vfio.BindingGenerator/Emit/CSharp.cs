using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Emit;

/// <summary>Spelling rules of C#.</summary>
internal static partial class CSharp
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

    private static readonly HashSet<string> _keywords = new(StringComparer.Ordinal)
    {
        "abstract", "as", "base", "bool", "byte", "catch", "char", "checked", "class", "decimal", "delegate", "event",
        "explicit", "false", "finally", "fixed", "foreach", "implicit", "in", "interface", "internal", "is", "lock",
        "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected", "public",
        "readonly", "ref", "sbyte", "sealed", "stackalloc", "string", "this", "throw", "true", "try", "typeof", "uint",
        "ulong", "unchecked", "unsafe", "ushort", "using", "virtual",
    };

    public static string Identifier(string name) => _keywords.Contains(name) ? "@" + name : name;

    public static string Escape(string text) =>
        text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>The <c>[NativeTypeName]</c> of a type that C spells differently, or nothing.</summary>
    public static string NativeTypeName(string native, string managed) =>
        TagPattern().Replace(native, "") == managed ? "" : $"[NativeTypeName(\"{Escape(native)}\")]";

    /// <summary>A value as the header's author thought of it: masks, shifts and ioctl numbers in hexadecimal.</summary>
    public static string Literal(ConstantModel constant)
    {
        if (constant.Type == "string")
        {
            return $"\"{constant.Value}\"";
        }

        BigInteger value = BigInteger.Parse(constant.Value, CultureInfo.InvariantCulture);
        bool isBits = value > ushort.MaxValue || (constant.Definition is { } body && BitsPattern().IsMatch(body));
        bool isHexadecimal = value >= 0 && isBits;
        string digits = isHexadecimal
            ? "0x" + value.ToString("X", CultureInfo.InvariantCulture).TrimStart('0').PadLeft(1, '0')
            : value.ToString(CultureInfo.InvariantCulture);
        return digits + constant.Type switch
        {
            "uint" => "U",
            "long" => "L",
            "ulong" => "UL",
            _ => "",
        };
    }

    // "void *" and "struct pollfd *" say nothing that C#'s spelling does not.
    [GeneratedRegex(@"^(struct|union|enum) | (?=\*)", Options, 1000)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"0[xX]|<<|\b_IO\w*\(|\b__GENMASK|\b_BIT", Options, 1000)]
    private static partial Regex BitsPattern();
}
