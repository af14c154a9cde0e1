namespace Vfio.TestReport;

/// <summary>Numbers the reasons why tests are skipped: the table has the numbers, and the list below it the reasons.</summary>
internal sealed class Reasons
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The reasons in the order of their numbers, which start at one.</summary>
    public IEnumerable<string> All => _numbers.Keys;

    public int NumberOf(string reason)
    {
        if (!_numbers.TryGetValue(reason, out int number))
        {
            number = _numbers.Count + 1;
            _numbers.Add(reason, number);
        }

        return number;
    }
}
