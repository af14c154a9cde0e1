using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>A report in the making: what the rules look at, and what they found.</summary>
internal sealed class Inspection
{
    private readonly List<Finding> _findings = [];
    private readonly List<UnknownFact> _unknown = [];
    private readonly SortedDictionary<StepPhase, List<HandoverAction>> _steps = [];

    // What stands in the way so far, without what is unknown.
    private Verdict _verdict = Verdict.Yes;

    public Inspection(PciHost host, PciFunction device, InspectOptions options)
    {
        Host = host;
        Device = device;
        Need = options.Need;
        Uses = options.Uses ?? new HostUses(host);
        Kernel = new KernelFacts(host.Tree);
        Caller = CallerFacts.Of(host.Tree);
        Group = device.Group;
        Variant = Kernel.Variants.For(device);
        Ownership = new GroupOwnership(device, Kernel.Version);
    }

    public PciHost Host { get; }

    public HostTree Tree => Host.Tree;

    public PciFunction Device { get; }

    /// <summary>The device's group, or null.</summary>
    public IommuGroup? Group { get; }

    public KernelFacts Kernel { get; }

    /// <summary>The VFIO driver for this very kind of device, and the alias that says so; null where there is none but vfio-pci.</summary>
    public (string Driver, string Alias)? Variant { get; }

    public CallerFacts Caller { get; }

    public IHostUses Uses { get; }

    public GroupOwnership Ownership { get; }

    public long? Need { get; }

    /// <summary>Whether the device's messages are isolated; the rule of interrupts finds out.</summary>
    public InterruptIsolation? Isolation { get; set; }

    /// <summary>How the device is reset; the rule of resets finds out.</summary>
    public ResetPath Reset { get => field ?? throw new InvalidOperationException("The rule of resets comes first."); set; }

    public Verdict Verdict => _unknown.Select(static fact => fact.Turns).Any(turns => turns is { } worse && Rank(worse) > Rank(_verdict)) ? Verdict.Unknown : _verdict;

    /// <summary>The gravest first, else in the order of the rules.</summary>
    public IReadOnlyList<Finding> Findings => [.. _findings.OrderByDescending(static finding => finding.Severity)];

    /// <summary>The steps in order. Where nothing makes it work, there are none.</summary>
    public IReadOnlyList<HandoverAction> Actions => _verdict == Verdict.No ? [] : [.. _steps.Values.SelectMany(static steps => steps)];

    public IReadOnlyList<UnknownFact> Unknown => [.. _unknown.Concat(Uses.Unknown).DistinctBy(static fact => (fact.Fact, fact.Path))];

    public void Add(Finding finding) => _findings.Add(finding);

    /// <summary>Whether the host cannot do without a function, so that nothing may propose to take it.</summary>
    public bool IsCritical(PciFunction function) => !function.IsBridge && Uses.FindUses(function).Any(static use => use.IsCritical);

    /// <summary>Something in the way that only this makes good; what is graver stays.</summary>
    public void Require(Verdict verdict)
    {
        if (Rank(verdict) > Rank(_verdict))
        {
            _verdict = verdict;
        }
    }

    /// <summary>A step that has to be taken.</summary>
    public void Require(StepPhase phase, HandoverAction action)
    {
        if (!_steps.TryGetValue(phase, out List<HandoverAction>? steps))
        {
            _steps.Add(phase, steps = []);
        }

        if (!steps.Any(known => known.Text == action.Text && known.Command == action.Command))
        {
            steps.Add(action);
        }

        Require(action.Reboot ? Verdict.Reboot : Verdict.After);
    }

    /// <summary>A fact that is missing, and the verdict that it could turn to.</summary>
    public void Miss(UnknownFact fact) => _unknown.Add(fact);

    // Not the order of the enumeration: what needs a reboot outranks what is unsafe.
    private static int Rank(Verdict verdict) => verdict switch
    {
        Verdict.Yes => 0,
        Verdict.After => 1,
        Verdict.Unsafe => 2,
        Verdict.Reboot => 3,
        _ => 4,
    };
}
