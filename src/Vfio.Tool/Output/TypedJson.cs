using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vfio.Tool.Output;

/// <summary>JSON with commands and paths as they are typed: without escapes for what matters inside HTML only.</summary>
internal static class TypedJson
{
    public static ToolJson Context { get; } = new(new JsonSerializerOptions(ToolJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
