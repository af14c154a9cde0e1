using System.Globalization;
using System.Xml.Linq;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>Attributes of castxml's elements.</summary>
internal static class XmlAttributes
{
    public static string Name(this XElement element, string attribute) =>
        element.Attribute(attribute)?.Value
            ?? throw new GeneratorException(
                $"castxml's <{element.Name} id=\"{element.Attribute("id")?.Value}\"> has no {attribute}");

    public static int Number(this XElement element, string attribute) =>
        int.Parse(element.Name(attribute), CultureInfo.InvariantCulture);

    /// <summary>castxml counts in bits; nothing that is bound begins inside a byte.</summary>
    public static int Bytes(this XElement element, string attribute)
    {
        (int bytes, int bits) = Math.DivRem(element.Number(attribute), 8);
        return bits == 0
            ? bytes
            : throw new GeneratorException($"{element.Attribute("name")?.Value}: {attribute} is not a whole byte");
    }

    public static string OptionalName(this XElement element) => element.Attribute("name")?.Value ?? "";
}
