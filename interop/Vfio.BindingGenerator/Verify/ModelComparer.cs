using Vfio.BindingGenerator.Model;

namespace Vfio.BindingGenerator.Verify;

/// <summary>
/// Compares the pinned model with one of newer headers. The kernel may add to its interface; what it may not do is take
/// away or change.
/// </summary>
internal static class ModelComparer
{
    public static IEnumerable<Finding> Compare(ApiModel pinned, ApiModel current)
    {
        Dictionary<string, string> now = Facts.Of(current);
        foreach ((string name, string fact) in Facts.Of(pinned))
        {
            if (!now.Remove(name, out string? other))
            {
                yield return new(true, $"{name} is gone ({fact})");
            }
            else if (fact != other)
            {
                yield return new(true, $"{name} was {fact} and is {other}");
            }
        }

        foreach ((string name, string fact) in now)
        {
            yield return new(false, $"{name} is new ({fact})");
        }
    }
}
