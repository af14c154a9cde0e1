using System.Text.Json.Nodes;

namespace Vfio.Tool.Config;

/// <summary>One thing that was decoded.</summary>
/// <param name="Key">Its name in JSON; for people its words are set apart.</param>
/// <param name="Json">Its value in JSON.</param>
/// <param name="Text">Its value for people, or null where it is a yes or no, which are put together.</param>
/// <param name="Parts">What it is made of, each with fields of its own; none of a plain value.</param>
internal sealed record Field(string Key, JsonNode? Json, string? Text, IReadOnlyList<FieldSet> Parts);
