using Vfio.Assignability;
using Vfio.Core;

namespace Vfio.Tool.Inspect.Text;

/// <summary>How the device is reset between its users, in words.</summary>
internal static class ResetText
{
    // What a change of the power state resets is up to the device.
    private const string PowerManagement = "pm";

    public static string Of(ResetReport reset, PciAddress device) => $"{reset.Class}: {Words(reset, device)}";

    private static string Words(ResetReport reset, PciAddress device)
    {
        IReadOnlyList<PciAddress> others = [.. reset.Affected.Where(affected => affected != device)];
        return reset.Class switch
        {
            ResetClass.R0 when reset.Effective == PowerManagement => "the function alone, by pm (sleep and wake), which may leave state behind.",
            ResetClass.R0 => $"the function alone, by {reset.Effective}.",
            ResetClass.R1 => "by its bus, on which it is alone.",
            ResetClass.R2 => $"by its bus, together with {Text.Words.List(others)}: one user must own all of them.",
            ResetClass.R3 => $"none at present. A reset of its bus hits {Text.Words.List(reset.Blockers)} too, {(reset.Blockers.Count == 1 ? "which is" : "which are")} not on VFIO.",
            _ => "none. What one user leaves in it, the next one finds.",
        };
    }
}
