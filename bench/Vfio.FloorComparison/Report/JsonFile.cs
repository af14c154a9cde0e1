using System.Text.Json;

namespace Vfio.FloorComparison;

/// <summary>The results as an array of objects for programs.</summary>
internal static class JsonFile
{
    private const int Digits = 3;

    public static void Write(string path, IEnumerable<Result> results)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (Result result in results)
        {
            json.WriteStartObject();
            json.WriteString("name", result.Name);
            json.WriteString("backend", result.Backend);
            json.WriteNumber("sdk_ns", Math.Round(result.Sdk.Nanoseconds, Digits));
            json.WriteNumber("floor_ns", Math.Round(result.FloorNanoseconds, Digits));
            json.WriteNumber("ratio", Math.Round(result.Ratio, Digits));
            json.WriteNumber("alloc_bytes", Math.Round(result.Sdk.Bytes, Digits));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
