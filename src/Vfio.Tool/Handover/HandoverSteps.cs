using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Handover;

/// <summary>What <c>vfio bind</c> and <c>vfio restore</c> go through, and where they tell of it.</summary>
/// <param name="Bind">Hands over.</param>
/// <param name="Restore">Brings back.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record HandoverSteps(
    Func<IReadOnlyList<PciAddress>, BindOptions, HandoverResult> Bind,
    Func<IReadOnlyList<PciAddress>, RestoreOptions, HandoverResult> Restore,
    TextWriter Out,
    TextWriter Error)
{
    public static HandoverSteps Default { get; } = new(DeviceHandover.Bind, DeviceHandover.Restore, Console.Out, Console.Error);
}
