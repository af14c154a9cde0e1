using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Verify;

/// <summary>
/// A model as a flat list of what a caller relies on: a name and its value, size and offset, or signature.
/// </summary>
internal static class Facts
{
    public static Dictionary<string, string> Of(ApiModel model)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (HeaderModel header in model.Headers)
        {
            foreach (ConstantModel constant in header.Constants.Concat(header.Enums.SelectMany(item => item.Members)))
            {
                facts[$"{header.Header} {constant.Name}"] = $"{constant.Value} ({constant.Type})";
            }

            foreach (EnumModel item in header.Enums)
            {
                facts[$"{header.Header} enum {item.Name}"] = item.Type;
            }

            foreach (RecordModel record in header.Records)
            {
                Add(facts, $"{header.Header} {(record.IsUnion ? "union" : "struct")} {record.Name}", record);
            }

            foreach (FunctionModel function in header.Functions)
            {
                IEnumerable<string> parameters = function.Parameters.Select(parameter => parameter.Type.Native);
                facts[$"{header.Header} {function.Name}({function.Tail})"] =
                    $"{function.Returns.Native} ({string.Join(", ", parameters)})";
            }
        }

        return facts;
    }

    private static void Add(Dictionary<string, string> facts, string name, RecordModel record)
    {
        facts[name] = $"{record.Size} bytes";
        for (int i = 0; i < record.Fields.Count; i++)
        {
            FieldModel field = record.Fields[i];
            string fieldName = field.Name.Length > 0 ? $"{name}.{field.Name}" : $"{name}.<anonymous {i}>";
            string count = field.Count switch { null => "", 0 => "[]", { } n => $"[{n}]" };
            facts[fieldName] = $"{field.Type.Managed}{count} of {field.Size} bytes at {field.Offset}";
            if (field.Nested is { } nested)
            {
                Add(facts, fieldName, nested);
            }
        }
    }
}
