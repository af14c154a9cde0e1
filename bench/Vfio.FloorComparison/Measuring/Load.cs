namespace Vfio.FloorComparison;

/// <summary>How much one round of one side does.</summary>
/// <param name="Passes">How often all is done; a round's figure is the best of them, or where they differ the median.</param>
/// <param name="Count">Operations in each pass, which is timed as a whole.</param>
internal readonly record struct Load(int Passes, int Count)
{
    // The compiler takes up a method after thirty calls, and once more after thirty of what it made first.
    private const int WarmPasses = 40;
    private const int WarmShare = 8;

    /// <summary>As many calls of everything as the compiler wants to see, and no more work than that.</summary>
    public Load ToWarmUp() => new(WarmPasses, Math.Max(Count / WarmShare, 1));
}
