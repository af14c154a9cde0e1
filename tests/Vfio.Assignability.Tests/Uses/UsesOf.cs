namespace Vfio.Assignability.Tests.Uses;

/// <summary>Asks for what a host uses a function for.</summary>
internal static class UsesOf
{
    public static IReadOnlyList<FunctionUse> Uses(this HostTreeBuilder host, string address) => host.Uses(address, out _);

    public static IReadOnlyList<FunctionUse> Uses(this HostTreeBuilder host, string address, out IReadOnlyList<UnknownFact> unknown)
    {
        PciHost pci = host.Build();
        var uses = new HostUses(pci);
        IReadOnlyList<FunctionUse> found = uses.FindUses(pci.Get(PciAddress.Parse(address)));
        unknown = uses.Unknown;
        return found;
    }

    /// <summary>What is critical among it, as a report says it.</summary>
    public static IReadOnlyList<string> Critical(this HostTreeBuilder host, string address)
        => [.. host.Uses(address).Where(static use => use.IsCritical).Select(static use => use.Description)];

    /// <summary>What a report says of each.</summary>
    public static IReadOnlyList<string> Descriptions(this IReadOnlyList<FunctionUse> uses) => [.. uses.Select(static use => use.Description)];

    /// <summary>An NVMe disk at 0000:01:00.0 on its driver, with two partitions.</summary>
    public static FunctionBuilder NvmeDisk(this HostTreeBuilder host)
        => host.RootPort("0000:00:01.0").Device("0000:01:00.0", 0x144d, 0xa808, 0x010802).Driver("nvme").Nvme(0, "nvme0n1p1", "nvme0n1p2");

    /// <summary>A network card at 0000:02:00.0 with an interface.</summary>
    public static FunctionBuilder NetworkCard(this HostTreeBuilder host)
        => host.RootPort("0000:00:02.0").Device("0000:02:00.0", 0x8086, 0x10d3, 0x020000).Driver("e1000e").Network("eth0");
}
