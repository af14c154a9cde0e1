namespace Vfio.FloorComparison;

/// <summary>What the floor is asked to measure; bench/floor/main.c says what the words mean.</summary>
/// <param name="Row">The floor's name for the work.</param>
/// <param name="Backend">The back end, or <c>host</c>.</param>
/// <param name="Device">The device, or null.</param>
/// <param name="Load">As much as the SDK does.</param>
/// <param name="Live">Mappings or allocations that are there already.</param>
internal readonly record struct FloorRequest(string Row, string Backend, string? Device, Load Load, int Live = 0)
{
    public override string ToString() => $"{Row} {Backend} {Device ?? "-"} {Load.Passes} {Load.Count} {Live}";
}
