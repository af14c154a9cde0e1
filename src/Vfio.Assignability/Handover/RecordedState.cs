namespace Vfio.Assignability;

/// <summary>What a function had, as it is written down.</summary>
/// <param name="Driver">The driver that had it, or null for none.</param>
/// <param name="Module">The module that brings that driver, or null where it is built in or not known.</param>
/// <param name="DriverOverride">Its <c>driver_override</c>, or null for none.</param>
internal sealed record RecordedState(string? Driver, string? Module, string? DriverOverride)
{
    /// <summary>What it is to have again.</summary>
    public FunctionState Wanted() => new(Driver, DriverOverride);
}
