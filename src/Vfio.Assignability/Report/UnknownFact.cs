using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Something that a report would need, and that could not be read.</summary>
/// <param name="Fact">What it is, in words.</param>
/// <param name="Path">The file, link or folder that could not be read.</param>
/// <param name="Problem">Why not.</param>
/// <param name="Turns">The verdict that it could turn the present one to, or null where it could turn none.</param>
public sealed record UnknownFact(string Fact, string Path, string Problem, Verdict? Turns = null)
{
    /// <summary>A fact that is not known.</summary>
    public static UnknownFact Of<T>(string fact, HostFact<T> from, Verdict? turns = null)
        => new(fact, from.Path, from.Problem ?? (from.State == FactState.Absent ? "is not there" : "cannot be read"), turns);
}
