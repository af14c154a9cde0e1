namespace Vfio.Assignability;

/// <summary>One thing that a host uses a function for.</summary>
/// <param name="Kind">What for.</param>
/// <param name="IsCritical">Whether the host must not lose it. Else it would be missed, no more.</param>
/// <param name="Description">What would be lost, as the end of a sentence: <c>/ is mounted from /dev/nvme0n1p2</c>.</param>
/// <param name="Process">The process that holds it, or null.</param>
/// <param name="Evidence">What says so.</param>
public sealed record FunctionUse(UseKind Kind, bool IsCritical, string Description, ProcessHolder? Process, IReadOnlyList<Evidence> Evidence);
