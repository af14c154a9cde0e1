using System.Runtime.InteropServices;

namespace Vfio.Core.Tests;

/// <summary>Which calls into the fake kernel fail, and how many there were.</summary>
/// <remarks>The kernel calls it under its lock.</remarks>
internal sealed class FaultPlan
{
    private readonly Dictionary<string, int> _counts = [];
    private readonly Dictionary<(string Method, int Nth), int> _named = [];
    private readonly Dictionary<string, int> _always = [];
    private int _failAt = -1;
    private int _failWith;

    /// <summary>How many calls there were that can fail.</summary>
    public int Total { get; private set; }

    /// <summary>The method that <see cref="FailCall"/> made fail, or null while it has not come to that.</summary>
    public string? Failed { get; private set; }

    /// <summary>How many calls of one method there were.</summary>
    public int Count(string method) => _counts.GetValueOrDefault(method);

    /// <summary>Makes the next call of a method fail, or one after that.</summary>
    public void FailNext(string method, int errno, int skip = 0) => _named[(method, Count(method) + skip)] = errno;

    /// <summary>Makes every call of a method fail.</summary>
    public void FailAlways(string method, int errno) => _always[method] = errno;

    /// <summary>Makes the call of this number fail, counted from now on over all methods.</summary>
    public void FailCall(int index, int errno)
    {
        Failed = null;
        _failAt = Total + index;
        _failWith = errno;
    }

    /// <summary>Lets everything succeed again.</summary>
    public void Clear()
    {
        _named.Clear();
        _always.Clear();
        _failAt = -1;
    }

    /// <summary>Counts a call.</summary>
    /// <returns>Zero, or the negated errno that it fails with.</returns>
    public int Next(string method)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, method, out _);
        int nth = count++;
        int total = Total++;
        if (total == _failAt)
        {
            Failed = method;
            return -_failWith;
        }

        if (_named.Count != 0 && _named.TryGetValue((method, nth), out int errno))
        {
            return -errno;
        }

        return _always.Count != 0 && _always.TryGetValue(method, out int always) ? -always : 0;
    }
}
