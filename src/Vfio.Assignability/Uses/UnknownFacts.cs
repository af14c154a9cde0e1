namespace Vfio.Assignability;

/// <summary>What could not be looked at, each once.</summary>
internal sealed class UnknownFacts
{
    private readonly List<UnknownFact> _facts = [];

    /// <summary>All of it, in the order of finding.</summary>
    public IReadOnlyList<UnknownFact> All => _facts;

    /// <summary>Adds a fact. Of the same one, that which could turn a verdict stays.</summary>
    public void Add(UnknownFact fact)
    {
        int known = _facts.FindIndex(other => other.Fact == fact.Fact && other.Path == fact.Path);
        if (known < 0)
        {
            _facts.Add(fact);
        }
        else if (_facts[known].Turns is null)
        {
            _facts[known] = fact;
        }
    }
}
