using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vfio.Tool.Inspect.Json;

/// <summary>The members of an enumeration, none of which is more than one word, by their names in lower case.</summary>
internal sealed class LowerCaseConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
