using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>How a function would really be reset: the kernel's list, corrected by what is on the bus.</summary>
/// <remarks>
/// The list is made while a function is being added, before its siblings are on the bus, so that "bus" in it says little
/// (pci_init_reset_methods, pci_parent_bus_reset). Before Linux 5.15 there is none, and the configuration space has to say.
/// </remarks>
internal sealed class ResetPath
{
    private const string Bus = "bus";
    private const string CxlBus = "cxl_bus";
    private const string Power = "pm";
    private const string Hot = "hot";

    private static readonly string[] _functionMethods = ["device_specific", "acpi", "flr", "af_flr", Power];

    private ResetPath(PciFunction device, KernelVersion kernel, IHostUses? uses)
    {
        Device = device;
        List = device.Attribute("reset_method");
        Methods = List.Value?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        IsListed = List.IsKnown || (List.State == FactState.Absent && kernel.IsAtLeast(5, 15) && (kernel.IsKnown || !device.Host.Tree.Exists($"{device.Path}/reset")));
        Set = SharedSet(device);
        SetBlockers = [.. Set.Where(member => member != device && (!member.IsOnVfio || member.IsBridge || IsHeldElsewhere(device, member, uses)))];
        Report = Decide();
    }

    public PciFunction Device { get; }

    /// <summary>The kernel's list.</summary>
    public HostFact<string> List { get; }

    public IReadOnlyList<string> Methods { get; }

    /// <summary>Whether the kernel tells which methods there are.</summary>
    public bool IsListed { get; }

    /// <summary>All that a reset of the bus hits, the device included; empty where no bridge is above it.</summary>
    public IReadOnlyList<PciFunction> Set { get; }

    /// <summary>Those of the set that stand in the way of a reset of the bus.</summary>
    public IReadOnlyList<PciFunction> SetBlockers { get; }

    public ResetReport Report { get; }

    /// <summary>Whether resetting the bus resets this function alone.</summary>
    public bool CanResetBusAlone => Set.Count == 1 && !HasQuirk;

    /// <summary>Whether nothing but a change of power state resets the function, which some devices survive.</summary>
    public bool RestsOnPower => Report is { Class: ResetClass.R0, Effective: Power } && !Methods.Any(static method => method != Power && _functionMethods.Contains(method));

    /// <summary>
    /// Whether the kernel lists a reset of the bus that cannot work. A virtual function's may: where the slot can be unplugged, Linux 7 counts it to
    /// the slot, whose reset is its physical function's too.
    /// </summary>
    public bool IsStale => Methods.Any(static method => method == Bus) && !CanResetBusAlone && !Device.IsVirtualFunction;

    /// <summary>Whether a reset of the function comes before the one of the bus.</summary>
    public bool FunctionComesFirst => Methods.TakeWhile(static method => method != Bus).Any(_functionMethods.Contains);

    /// <summary>Whether the methods were taken away: there is a list, and nothing on it.</summary>
    public bool IsListEmpty => List is { IsKnown: true } && Methods.Count == 0;

    private bool HasQuirk => Set.Any(ResetQuirks.RefusesBusReset) || (Device.Upstream is { } bridge && ResetQuirks.RefusesBusReset(bridge));

    public static ResetPath Of(PciFunction device, KernelVersion kernel, IHostUses? uses = null) => new(device, kernel, uses);

    // What pci_walk_bus comes by. Virtual functions have no reset of a bus: theirs would be their physical function's.
    private static IReadOnlyList<PciFunction> SharedSet(PciFunction device)
    {
        if (device.IsOnRootBus != false || device.Upstream is null || device.IsVirtualFunction || device.IsBridge)
        {
            return [];
        }

        PciFunction[] onBus = [device, .. device.Siblings];
        return [.. onBus.Concat(onBus.SelectMany(static member => member.Below)).Distinct().OrderBy(static member => member.Address)];
    }

    // The owner of another group is somebody else, who would have to agree.
    private static bool IsHeldElsewhere(PciFunction device, PciFunction member, IHostUses? uses)
        => uses is not null
            && member.IsOnVfio
            && member.GroupLink.Value != device.GroupLink.Value
            && uses.FindUses(member).Any(static use => use.Kind == UseKind.HeldThroughVfio);

    private ResetReport Decide()
    {
        foreach (string method in IsListed ? Methods : Guessed())
        {
            if (_functionMethods.Contains(method))
            {
                return new ResetReport(ResetClass.R0, Methods, method, [Device.Address], []);
            }

            if (method is Bus or CxlBus && CanResetBusAlone)
            {
                return new ResetReport(ResetClass.R1, Methods, method, [Device.Address], []);
            }
        }

        // Alone, the kernel would have listed the bus if it could reset it, or somebody has taken it off the list.
        return Set.Count <= 1 || HasQuirk
            ? new ResetReport(ResetClass.R4, Methods, null, [Device.Address], [])
            : SetBlockers.Count == 0
                ? new ResetReport(ResetClass.R2, Methods, Hot, Texts.Addresses(Set), [])
                : new ResetReport(ResetClass.R3, Methods, null, Texts.Addresses(Set), Texts.Addresses(SetBlockers));
    }

    // For a kernel that does not say: the order in which it tries, by what the device advertises.
    private IEnumerable<string> Guessed()
    {
        bool any = Device.Host.Tree.Exists($"{Device.Path}/reset");
        var config = ConfigFacts.Of(Device);
        if (config.HasExpressReset == true && !ResetQuirks.RefusesFunctionLevelReset(Device))
        {
            yield return "flr";
        }

        if (config.HasAdvancedReset == true && !ResetQuirks.RefusesFunctionLevelReset(Device))
        {
            yield return "af_flr";
        }

        if (any && config.ResetsByPower == true && !ResetQuirks.IgnoresPowerReset(Device))
        {
            yield return Power;
        }

        if (any)
        {
            yield return Bus;
        }
    }
}
