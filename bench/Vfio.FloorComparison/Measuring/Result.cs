namespace Vfio.FloorComparison;

/// <summary>One line of the table.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Backend">The back end, or <c>host</c>.</param>
/// <param name="Sdk">What an operation costs with the SDK.</param>
/// <param name="FloorNanoseconds">What it costs in C.</param>
internal sealed record Result(string Name, string Backend, Figure Sdk, double FloorNanoseconds)
{
    public double Ratio => Sdk.Nanoseconds / FloorNanoseconds;
}
