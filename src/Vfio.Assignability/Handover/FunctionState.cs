namespace Vfio.Assignability;

/// <summary>Who has a function, and for whom it is reserved.</summary>
/// <param name="Driver">The driver that has it, or null for none.</param>
/// <param name="Override">Its <c>driver_override</c>, or null for none.</param>
internal sealed record FunctionState(string? Driver, string? Override)
{
    public override string ToString() => Driver ?? "no driver";
}
