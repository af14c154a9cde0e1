namespace Vfio.Assignability;

/// <summary>Finds mounted file systems and swap on a function.</summary>
internal static class StorageUses
{
    // As many lines as make the point.
    private const int MaxEvidence = 4;

    public static IEnumerable<FunctionUse> Find(BlockStack stack, StorageUsers users, UnknownFacts unknown)
    {
        users.Update();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var uses = new List<FunctionUse>();
        foreach (string name in stack.Names)
        {
            IReadOnlyList<Mount> mounts = users.MountsOf(name);
            if (mounts.Count > 0)
            {
                uses.Add(OfMounts(stack, name, mounts));
                _ = used.Add(name);
            }

            foreach (Swap swap in users.SwapsOf(name))
            {
                uses.Add(new FunctionUse(UseKind.Swap, true, $"swap on {PlainText.Of(swap.Source)}{stack.Chain(name)}", null, [swap.Line]));
                _ = used.Add(name);
            }
        }

        if (stack.Own.Count > 0)
        {
            foreach (UnknownFact problem in users.Problems)
            {
                unknown.Add(problem);
            }

            List<UnknownFact> unplaced = [.. users.Unplaced];
            if (unplaced.Count > 0 && stack.Idle(used).Any())
            {
                // Something is made of the disk; what is mounted from nowhere that is known may be just that.
                bool isLayered = stack.Names.Count > stack.Own.Count;
                unplaced.ForEach(fact => unknown.Add(isLayered ? fact with { Turns = Verdict.No } : fact));
            }
        }

        return uses;
    }

    private static FunctionUse OfMounts(BlockStack stack, string name, IReadOnlyList<Mount> mounts)
    {
        List<string> points = [.. mounts.Select(static mount => PlainText.Of(mount.Point)).Distinct(StringComparer.Ordinal).OrderBy(static point => point.Length).ThenBy(static point => point, StringComparer.Ordinal)];
        string where = points.Count switch
        {
            1 => $"{points[0]} is",
            2 => $"{points[0]} and {points[1]} are",
            _ => $"{points[0]} and {points.Count - 1} more places are",
        };
        return new FunctionUse(
            UseKind.MountedFileSystem, true, $"{where} mounted from {stack.NodeOf(name)}{stack.Chain(name)}", null, [.. mounts.Select(static mount => mount.Line).Take(MaxEvidence)]);
    }
}
