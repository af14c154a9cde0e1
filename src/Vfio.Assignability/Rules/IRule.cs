namespace Vfio.Assignability;

/// <summary>One question about giving a device away.</summary>
internal interface IRule
{
    /// <summary>Looks at the facts, and adds what it finds.</summary>
    void Apply(Inspection report);
}
