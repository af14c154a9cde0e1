using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>What drivers offer on one function.</summary>
/// <param name="Function">The function.</param>
/// <param name="All">All of it, in the order of depth.</param>
internal sealed record FunctionDevices(PciFunction Function, IReadOnlyList<ClassDevice> All)
{
    /// <summary>What is of one class.</summary>
    public IEnumerable<ClassDevice> InClass(string name) => All.Where(device => device.Class == name);

    /// <summary>Collects what is in a function's folder, and what the host's classes say is there.</summary>
    public static FunctionDevices Of(PciFunction function, ClassIndex index, UnknownFacts unknown)
    {
        HostTree tree = function.Host.Tree;

        // What is behind a bridge is not the bridge's; what is in an endpoint's folder is the endpoint's, another domain included.
        bool isOwnOnly = function.IsBridge;
        string folder = tree.RealPath(function.Path) ?? function.DevicePath ?? function.Path;
        List<ClassDevice> found = SysfsWalk.Below(tree, folder, isOwnOnly, out bool isComplete);
        if (!isComplete)
        {
            unknown.Add(new UnknownFact($"everything that is beneath {function}", folder, "has more folders than can be looked at", Verdict.No));
        }

        var seen = found.Select(static device => (device.Class, device.Name)).ToHashSet();
        foreach (ClassDevice device in index.Below(function.Address))
        {
            if ((!isOwnOnly || SysfsPath.Functions(device.Position).LastOrDefault() == function.Address) && seen.Add((device.Class, device.Name)))
            {
                found.Add(device);
            }
        }

        return new FunctionDevices(function, found);
    }
}
