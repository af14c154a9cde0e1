using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Vfio.Tool.Config;

/// <summary>One capability in the output of <c>vfio config --json</c>.</summary>
internal sealed record CapabilityEntry
{
    public required int Id { get; init; }

    public required string? Name { get; init; }

    public required int Offset { get; init; }

    /// <summary>The version of its layout, which extended capabilities have.</summary>
    public required int? Version { get; init; }

    /// <summary>decoded; named where no more than its name is known; unknown where the bytes end before it does; malformed where the space does.</summary>
    public required string State { get; init; }

    /// <summary>What it says, where it was decoded.</summary>
    public required JsonObject? Registers { get; init; }

    /// <summary>The same for people.</summary>
    [JsonIgnore]
    public FieldSet? Fields { get; init; }
}
