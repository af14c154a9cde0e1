using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>A machine to open devices on: files, kernel, and the host made of both.</summary>
internal sealed class FakeMachine : IDisposable
{
    /// <summary>The device that <see cref="WithDevice"/> makes, in group 7.</summary>
    public const string Address = "0000:00:03.0";

    public const int BarSize = 0x4000;

    public FakeMachine(int firstFd = 0)
    {
        Sysfs = new FakeSysfs();
        Kernel = new FakeKernel(firstFd);
        Host = new VfioHost(Kernel, Sysfs.Paths);
        Kernel.Nodes[Sysfs.Paths.ContainerNode] = FakeKernel.ContainerNode;
    }

    public FakeSysfs Sysfs { get; }

    public FakeKernel Kernel { get; }

    public VfioHost Host { get; }

    public FakeDevice Device => Kernel.Devices[Address];

    public static FakeMachine WithDevice(int firstFd = 0)
    {
        var machine = new FakeMachine(firstFd);
        machine.Add(Address, 7);
        return machine;
    }

    /// <summary>Adds a function that is bound to vfio-pci: a BAR that can be mapped, one that cannot, configuration space.</summary>
    public FakeDevice Add(string address, int group)
    {
        Sysfs.AddFunction(address, group, "vfio-pci");
        if (!Kernel.Groups.TryGetValue(group, out FakeGroup? fakeGroup))
        {
            fakeGroup = new FakeGroup(group);
            Kernel.Groups.Add(group, fakeGroup);
            Kernel.Nodes.Add(Sysfs.Paths.GroupNode(group), fakeGroup);
        }

        var device = new FakeDevice(address, fakeGroup);
        device.AddMappable(0, BarSize);
        device.AddRegion(2, 0x100);
        device.AddRegion((int)VFIO_PCI_CONFIG_REGION_INDEX, 4096);
        Kernel.Devices.Add(address, device);
        return device;
    }

    public VfioDevice Open(string address = Address, AddressSpace? space = null)
        => VfioDevice.Open(Host, PciAddress.Parse(address), space is null ? null : new VfioDeviceOptions { AddressSpace = space });

    public AddressSpace CreateSpace(AddressSpaceOptions? options = null) => AddressSpace.Create(Host, options);

    /// <summary>Asserts that every descriptor is closed, in the right order, and no memory is left.</summary>
    public void AssertClean()
    {
        Assert.Empty(Kernel.Violations);
        Assert.Empty(Kernel.OpenKinds);
    }

    public void Dispose()
    {
        Sysfs.Dispose();
        Kernel.Dispose();
    }
}
