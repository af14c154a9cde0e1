using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Says what the host would lose with some functions, and refuses what it must not lose unasked.</summary>
internal sealed class HandoverUses(PciHost host, IHostUses uses, IReadOnlyList<PciFunction> devices)
{
    private const uint DisplayClass = 0x03;

    /// <summary>Refuses functions that the host must not lose.</summary>
    /// <param name="step">What is about to be done: bind or restore.</param>
    /// <param name="force">Warns instead.</param>
    /// <param name="warnings">Takes what will be lost all the same.</param>
    /// <exception cref="VfioException">The host must not lose one of them.</exception>
    public void Require(string step, bool force, List<string> warnings)
    {
        var refusals = new List<(PciAddress Device, string Text)>();
        foreach (PciFunction device in devices)
        {
            IReadOnlyList<FunctionUse> found = uses.FindUses(device);
            List<string> lost = [.. found.Where(IsRefused).Select(static use => use.Description)];
            if (lost.Count > 0)
            {
                refusals.Add((device.Address, "the host uses it: " + string.Join("; ", lost)));
            }

            if (device.VirtualFunctions.Count > 0)
            {
                refusals.Add((device.Address, DescribeVirtual(device)));
            }

            warnings.AddRange(found.Where(use => !IsRefused(use)).Select(use => $"{device}: the host loses this: {use.Description}"));
        }

        if (!force && refusals.Count > 0)
        {
            string others = string.Concat(refusals.Skip(1).Select(static refusal => $"; {refusal.Device}: {refusal.Text}"));
            throw HandoverErrors.Used(refusals[0].Device, step, refusals[0].Text + others);
        }

        warnings.AddRange(refusals.Select(static refusal => $"{refusal.Device}: taken all the same: {refusal.Text}"));
        warnings.AddRange(uses.Unknown.Select(static fact => $"a use of the host's may be hidden: {fact.Fact} ({fact.Path}: {fact.Problem})"));
    }

    private bool IsRefused(FunctionUse use) => use.IsCritical || use.Kind switch
    {
        UseKind.Console => true,
        UseKind.Display => !HasOtherDisplay(),
        _ => false,
    };

    private bool HasOtherDisplay() => host.Functions
        .Where(static function => function.ClassCode >> 16 == DisplayClass)
        .Except(devices)
        .Any(other => uses.FindUses(other).Any(static use => use.Kind == UseKind.Display));

    private string DescribeVirtual(PciFunction device)
    {
        IReadOnlyList<PciFunction> all = device.VirtualFunctions;
        string used = string.Concat(all
            .Select(function => (function, Lost: uses.FindUses(function).Where(IsRefused).Select(static use => use.Description).ToList()))
            .Where(static entry => entry.Lost.Count > 0)
            .Select(static entry => $"; of {entry.function} the host uses this: {string.Join("; ", entry.Lost)}"));
        return $"its {(all.Count == 1 ? "virtual function ends" : $"{all.Count} virtual functions end")} with its driver: {string.Join(", ", all)}{used}";
    }
}
