using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Vfio.Tool.Bench.Values;

namespace Vfio.Tool.Config;

/// <summary>What was decoded of one thing, in order: said once, for JSON and for people.</summary>
internal sealed class FieldSet : IReadOnlyCollection<Field>
{
    private readonly List<Field> _fields = [];

    public int Count => _fields.Count;

    public IEnumerator<Field> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A number.</summary>
    public FieldSet Number(string key, long value) => Add(key, JsonValue.Create(value), value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A number of bytes.</summary>
    public FieldSet Size(string key, ulong bytes)
        => Add(key, JsonValue.Create(bytes), bytes > long.MaxValue ? Hex(bytes) : ByteSize.Format((long)bytes));

    /// <summary>A bit.</summary>
    public FieldSet Flag(string key, bool value) => Add(key, JsonValue.Create(value), text: null);

    /// <summary>An id of four digits, as they are written without a prefix; with its name for people.</summary>
    public FieldSet Id(string key, ushort id, string? name = null)
    {
        string digits = id.ToString("x4", CultureInfo.InvariantCulture);
        return Add(key, JsonValue.Create(digits), name is null ? digits : $"{digits} {name}");
    }

    /// <summary>An address or register, which JSON's numbers might not hold.</summary>
    public FieldSet Address(string key, ulong value) => Add(key, JsonValue.Create(Hex(value)), Hex(value));

    /// <summary>Text, or nothing.</summary>
    public FieldSet Text(string key, string? value, string? forPeople = null) => Add(key, JsonValue.Create(value), forPeople ?? value ?? "none");

    /// <summary>One of several.</summary>
    public FieldSet Choice<T>(string key, T value)
        where T : struct, Enum
        => Text(key, Words.Camel(value.ToString()), Words.Apart(value.ToString()));

    /// <summary>Some of several.</summary>
    public FieldSet Names<T>(string key, T flags)
        where T : struct, Enum
    {
        string[] names = Words.Of(flags);
        return Add(
            key,
            new JsonArray([.. names.Select(static name => JsonValue.Create(name))]),
            names.Length == 0 ? "none" : string.Join(", ", names.Select(Words.Apart)));
    }

    /// <summary>Things of one kind.</summary>
    public FieldSet List(string key, IEnumerable<FieldSet> parts)
    {
        FieldSet[] all = [.. parts];
        _fields.Add(new Field(key, new JsonArray([.. all.Select(static part => part.ToJson())]), string.Empty, all));
        return this;
    }

    /// <summary>A thing with fields of its own.</summary>
    public FieldSet Part(string key, FieldSet part)
    {
        _fields.Add(new Field(key, part.ToJson(), string.Empty, [part]));
        return this;
    }

    /// <summary>A thing with fields of its own, for which people need one line.</summary>
    public FieldSet Part(string key, FieldSet part, string forPeople) => Add(key, part.ToJson(), forPeople);

    public JsonObject ToJson() => new(_fields.Select(static field => KeyValuePair.Create(field.Key, field.Json?.DeepClone())));

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private FieldSet Add(string key, JsonNode? json, string? text)
    {
        _fields.Add(new Field(key, json, text, []));
        return this;
    }
}
