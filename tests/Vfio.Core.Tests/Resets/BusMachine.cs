namespace Vfio.Core.Tests;

/// <summary>A machine with two functions that are reset together, as behind a conventional bridge, and that share a group or do not.</summary>
internal sealed class BusMachine : IDisposable
{
    public const string First = "0000:03:01.0";
    public const string Second = "0000:03:02.0";

    public BusMachine(FakeInterfaces interfaces = FakeInterfaces.ContainersOnly, bool shareGroup = true)
    {
        Machine = new FakeMachine(interfaces);
        Bus = [Member(First, 7), Member(Second, shareGroup ? 7 : 8)];
        foreach (FakeBusMember member in Bus)
        {
            member.Device!.Bus = Bus;
        }
    }

    public FakeMachine Machine { get; }

    public FakeKernel Kernel => Machine.Kernel;

    /// <summary>What a reset hits, which tests add to.</summary>
    public List<FakeBusMember> Bus { get; }

    public FakeDevice FirstDevice => Kernel.Devices[First];

    public FakeDevice SecondDevice => Kernel.Devices[Second];

    public static void AssertOwnership(HotResetInfo info, string address, HotResetOwnership expected)
        => Assert.Equal(expected, info.Affected.Single(it => it.Address == PciAddress.Parse(address)).Ownership);

    public VfioDevice Open(string address = First) => Machine.Open(address);

    /// <summary>Puts a function on the bus that VFIO has not.</summary>
    public void AddStranger(string address, string? driver, uint classCode = 0x020000, int? group = 7)
    {
        Machine.Sysfs.AddFunction(address, group, driver);
        Machine.Sysfs.Write(address, "class", $"0x{classCode:x6}\n");
        Bus.Add(new FakeBusMember(PciAddress.Parse(address), group is { } id ? Kernel.Groups[id] : null, null));
    }

    /// <summary>Gives a function to another driver, or to none.</summary>
    public void Rebind(string address, string? driver)
    {
        Machine.Sysfs.Bind(address, driver);
        int index = Bus.FindIndex(it => it.Address == PciAddress.Parse(address));
        Bus[index] = Bus[index] with { Device = driver == "vfio-pci" ? Kernel.Devices[address] : null };
    }

    public void Dispose() => Machine.Dispose();

    private FakeBusMember Member(string address, int group)
    {
        FakeDevice device = Machine.Add(address, group);
        device.Config.Poke(0, 0x86, 0x80, 0x0e, 0x10, 0, 0, 0x10, 0);
        return new FakeBusMember(PciAddress.Parse(address), device.Group, device);
    }
}
