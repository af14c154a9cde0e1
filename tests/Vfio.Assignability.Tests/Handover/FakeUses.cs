namespace Vfio.Assignability.Tests.Handover;

/// <summary>What a host is said to use its functions for.</summary>
internal sealed class FakeUses : IHostUses
{
    private readonly List<(PciAddress Device, FunctionUse Use)> _uses = [];

    public IReadOnlyList<UnknownFact> Unknown { get; set; } = [];

    public void Add(string device, UseKind kind, bool isCritical, string description, ProcessHolder? process = null)
        => _uses.Add((PciAddress.Parse(device), new FunctionUse(kind, isCritical, description, process, [])));

    public IReadOnlyList<FunctionUse> FindUses(PciFunction device)
        => [.. _uses.Where(entry => entry.Device == device.Address).Select(static entry => entry.Use)];
}
