using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What a finding rests on.</summary>
/// <param name="Path">A file or link of the host's, or the call that was made of the kernel.</param>
/// <param name="Text">Its raw text or answer; null where the point is that it is not there.</param>
public sealed record Evidence(string Path, string? Text)
{
    /// <summary>A fact as evidence.</summary>
    public static Evidence Of<T>(HostFact<T> fact) => new(fact.Path, fact.Text ?? (fact.IsUnknown ? fact.Problem : null));
}
