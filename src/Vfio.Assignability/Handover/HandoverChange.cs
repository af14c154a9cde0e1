using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What became of one function.</summary>
/// <param name="Device">The function.</param>
/// <param name="Before">The driver that had it before, or null for none.</param>
/// <param name="After">The driver that has it now, or null for none.</param>
public sealed record HandoverChange(PciAddress Device, string? Before, string? After)
{
    /// <summary>Whether it has another driver than before.</summary>
    public bool Changed => Before != After;
}
