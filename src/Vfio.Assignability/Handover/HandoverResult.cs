using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What became of functions that were to be handed over or brought back.</summary>
/// <param name="Devices">The functions, in the order in which they were taken. None where the request failed before any was looked at.</param>
/// <param name="Errors">What went wrong: at most one error of a bind, which is all or nothing, and one for each function of a restore.</param>
/// <param name="Warnings">What the caller should know besides, as sentences without their full stops.</param>
/// <param name="Blocking">After a bind: members of the functions' groups whose drivers still keep a group with the host.</param>
public sealed record HandoverResult(
    IReadOnlyList<HandoverChange> Devices,
    IReadOnlyList<VfioException> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<PciAddress> Blocking)
{
    /// <summary>Whether all went well.</summary>
    public bool Succeeded => Errors.Count == 0;

    /// <summary>Throws the first error, if there is one.</summary>
    /// <returns>This result.</returns>
    /// <exception cref="VfioException">Something went wrong.</exception>
    public HandoverResult ThrowIfFailed() => Succeeded ? this : throw Errors[0];
}
