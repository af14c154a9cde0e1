namespace Vfio.Core;

/// <summary>Names those that are in the way of a hot reset, and what to do about each kind of them.</summary>
internal static class HotResetBlockers
{
    public static VfioException Refusal(string name, string step, IReadOnlyList<HotResetFunction> blockers, int errno) => new(
        VfioErrorKind.ResetSetNotOwned,
        step,
        name,
        "a hot reset would also hit what this process does not own: " + string.Join(", ", blockers.Select(Describe)),
        string.Join(". ", Remedies(blockers)),
        errno);

    private static string Describe(HotResetFunction blocker) => blocker.Ownership switch
    {
        HotResetOwnership.Bridge => $"{blocker.Address} (a bridge{(blocker.Driver is { } driver ? $" with the driver {driver}" : string.Empty)})",
        HotResetOwnership.NoDriver => $"{blocker.Address} (no driver)",
        HotResetOwnership.HostDriver => $"{blocker.Address} (the host's driver {blocker.Driver})",
        HotResetOwnership.OtherOwner => $"{blocker.Address} ({blocker.Driver}, open in this process with another owner)",
        _ => $"{blocker.Address} ({blocker.Driver}, not open in this process)",
    };

    private static IEnumerable<string> Remedies(IReadOnlyList<HotResetFunction> blockers)
    {
        if (Of(blockers, HotResetOwnership.Bridge) is { } bridges)
        {
            yield return $"No VFIO driver takes {bridges}, so that this bus cannot be reset from user space: reset the function alone";
        }

        if (Of(blockers, HotResetOwnership.NoDriver, HotResetOwnership.HostDriver) is { } unbound)
        {
            yield return $"Bind {unbound} to vfio-pci; what the host uses it for ends then";
        }

        if (Of(blockers, HotResetOwnership.NotOwned) is { } elsewhere)
        {
            yield return $"Open {elsewhere} in this process too, with the same back end, or end the process that has it open";
        }

        if (Of(blockers, HotResetOwnership.OtherOwner) is { } others)
        {
            yield return $"Open {others} with the same back end, the same AddressSpaceOptions.Accounting, and by its node or group instead of a descriptor of another process";
        }
    }

    private static string? Of(IReadOnlyList<HotResetFunction> blockers, params ReadOnlySpan<HotResetOwnership> kinds)
    {
        var found = new List<string>();
        foreach (HotResetFunction blocker in blockers)
        {
            if (kinds.Contains(blocker.Ownership))
            {
                found.Add(blocker.Address.ToString());
            }
        }

        return found.Count == 0 ? null : string.Join(" and ", found);
    }
}
