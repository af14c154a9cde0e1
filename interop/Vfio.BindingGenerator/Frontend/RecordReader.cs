using System.Xml.Linq;
using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Frontend;

/// <summary>Reads structs and unions, and those nested in them.</summary>
internal sealed class RecordReader(TypeResolver types)
{
    public RecordModel Read(XElement record)
    {
        FieldModel[] fields = [.. record.Name("members")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(types.Element)
            .Where(member => member.Name == "Field")
            .Select(ReadField)];
        return new(
            record.OptionalName(),
            record.Number("line"),
            record.Name == "Union",
            record.Bytes("size"),
            record.Bytes("align"),
            fields);
    }

    private FieldModel ReadField(XElement field)
    {
        string name = field.OptionalName();
        if (field.Attribute("bits") is not null)
        {
            throw new GeneratorException($"{name}: bit fields are not supported; none of the bound headers had one");
        }

        string type = field.Name("type");
        int? count = null;
        if (types.Strip(type) is { Name.LocalName: "ArrayType" } array)
        {
            // The end of a flexible array is empty, and -1 when it is spelled [0].
            string max = array.Name("max");
            count = max.Length == 0 ? 0 : array.Number("max") + 1;
            type = array.Name("type");
        }

        XElement target = types.Strip(type);
        bool isNested = target.Name.LocalName is "Struct" or "Union" && target.OptionalName().Length == 0;
        RecordModel? nested = isNested ? Read(target) : null;
        TypeModel model = nested is null
            ? types.Resolve(type)
            : new(nested.IsUnion ? "union" : "struct", "", nested.Size);
        return new(name, model, field.Bytes("offset"), count, nested);
    }
}
