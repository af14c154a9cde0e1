namespace Vfio.Assignability;

/// <summary>What could not be looked at, each once.</summary>
internal sealed class UnknownFacts
{
    private readonly List<UnknownFact> _facts = [];

    /// <summary>All of it, in the order of finding.</summary>
    public IReadOnlyList<UnknownFact> All => _facts;

    public void Add(UnknownFact fact)
    {
        if (!_facts.Contains(fact))
        {
            _facts.Add(fact);
        }
    }
}
