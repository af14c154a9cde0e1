using Vfio.Core;

namespace Vfio.Assignability;

/// <summary>Which functions have to change hands so that a device can be given away.</summary>
internal sealed class GroupOwnership
{
    public GroupOwnership(PciFunction device, KernelVersion kernel)
    {
        Device = device;
        Others = [.. (device.Group?.Members ?? []).Where(member => member != device)];
        Blocking = [.. Others.Where(member => GroupRules.Blocks(member, kernel))];

        // They go when the driver of what they belong to goes: nobody takes them.
        Dependents = [.. Others.Where(member => member.PhysicalFunction == device || OwnerOfDomain(member) == device)];
        Owner = FindOwner(device, Blocking);
        Moving =
        [
            .. (device.IsOnVfio ? [] : new[] { device })
                .Concat(Blocking.Where(member => !Dependents.Contains(member)))
                .OrderBy(static member => member.Address),
        ];
    }

    public PciFunction Device { get; }

    /// <summary>The other members of the group.</summary>
    public IReadOnlyList<PciFunction> Others { get; }

    /// <summary>Those of them whose drivers make the group not viable.</summary>
    public IReadOnlyList<PciFunction> Blocking { get; }

    /// <summary>Those of the group that exist only as long as the device has its present driver.</summary>
    public IReadOnlyList<PciFunction> Dependents { get; }

    /// <summary>The function that the device belongs to, and that the host uses; or null.</summary>
    public PciFunction? Owner { get; }

    /// <summary>All functions whose driver has to change, the device included.</summary>
    public IReadOnlyList<PciFunction> Moving { get; }

    // Where the tree of devices does not say, the number does: the kernel makes domains of more than 16 bits for VMD controllers alone.
    private static PciFunction? OwnerOfDomain(PciFunction function)
        => function.DomainOwner
            ?? (function.DevicePath is null && function.Address.Domain > ushort.MaxValue
                ? function.Host.Functions.FirstOrDefault(static other => other is { Driver: "vmd", Address.Domain: <= ushort.MaxValue })
                : null);

    // Nobody can take the device from it, nor, while the host uses it, take it along.
    private static PciFunction? FindOwner(PciFunction device, IReadOnlyList<PciFunction> blocking)
        => OwnerOfDomain(device) is { Driver: not null, IsOnVfio: false } domain ? domain
            : device.PhysicalFunction is { } physical && blocking.Contains(physical) ? physical
            : null;
}
