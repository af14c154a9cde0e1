namespace Vfio.Core;

/// <summary>Groups of this process that are kept open for one call, with their address spaces.</summary>
internal sealed class HeldGroups : IDisposable
{
    private readonly List<IOpenGroup> _groups = [];

    private HeldGroups()
    {
    }

    /// <summary>Those that have a descriptor, each once.</summary>
    public IReadOnlyList<IOpenGroup> WithDescriptor => _groups.FindAll(static group => group is GroupHandle);

    /// <summary>Holds those of some groups that this process owns.</summary>
    public static HeldGroups Of(GroupRegistry registry, IEnumerable<int> groups)
    {
        var held = new HeldGroups();
        foreach (int group in groups.Distinct())
        {
            if (registry.TryHold(HotResetSurvey.Unit(group)) is { } open)
            {
                held._groups.Add(open);
            }
        }

        return held;
    }

    public void Dispose()
    {
        foreach (IOpenGroup group in _groups)
        {
            AddressSpace space = group.Space;
            group.RemoveReference();
            space.RemoveUser();
        }

        _groups.Clear();
    }
}
