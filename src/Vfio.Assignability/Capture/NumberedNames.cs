using System.Globalization;

namespace Vfio.Assignability;

/// <summary>Names of one kind, and the numbers in their place.</summary>
internal sealed class NumberedNames(string prefix, int digits = 1)
{
    private readonly Dictionary<string, string> _numbers = new(StringComparer.Ordinal);

    public bool IsEmpty => _numbers.Count == 0;

    public IEnumerable<string> Names => _numbers.Keys;

    /// <summary>Takes names in an order that their numbers keep.</summary>
    public void AddAll(IEnumerable<string> names)
    {
        foreach (string name in names.OrderBy(static name => name.Length).ThenBy(static name => name, StringComparer.Ordinal))
        {
            _ = Of(name);
        }
    }

    public string Of(string name)
    {
        if (!_numbers.TryGetValue(name, out string? number))
        {
            number = prefix + (_numbers.Count + 1).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            _numbers.Add(name, number);
        }

        return number;
    }

    public string? Find(string name) => _numbers.GetValueOrDefault(name);
}
