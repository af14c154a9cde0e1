using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vfio.BindingGenerator.Model;

/// <summary>The model as a text that can be committed and reviewed.</summary>
internal static class ModelFile
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // Quotes and angle brackets of C stay readable; nothing of this ends up in a web page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        IgnoreReadOnlyProperties = true,
    };

    public static string Write(ApiModel model) => JsonSerializer.Serialize(model, _options) + "\n";

    public static ApiModel Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ApiModel>(File.ReadAllText(path), _options)
                ?? throw new GeneratorException($"{path}: empty");
        }
        catch (JsonException e)
        {
            throw new GeneratorException($"{path}: {e.Message}", e);
        }
    }
}
