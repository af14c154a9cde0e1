using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>A machine to open devices on: files, kernel, and the host made of both.</summary>
internal sealed class FakeMachine : IDisposable
{
    /// <summary>The device that <see cref="WithDevice(int)"/> makes, in group 7.</summary>
    public const string Address = "0000:00:03.0";

    public const int BarSize = 0x4000;

    public FakeMachine(int firstFd = 0)
        : this(FakeInterfaces.ContainersOnly, firstFd)
    {
    }

    public FakeMachine(FakeInterfaces interfaces, int firstFd = 0)
    {
        Interfaces = interfaces;
        Sysfs = new FakeSysfs();
        Kernel = new FakeKernel(firstFd) { NoIommu = Has(FakeInterfaces.NoIommu) };
        Host = new VfioHost(Kernel, Sysfs.Paths);
        if (Has(FakeInterfaces.Containers) || Has(FakeInterfaces.CompatNode))
        {
            AddNode(Sysfs.Paths.ContainerNode, Has(FakeInterfaces.Containers) ? FakeKernel.ContainerNode : FakeKernel.CompatNode);
        }

        if (Has(FakeInterfaces.Iommufd))
        {
            AddNode(Sysfs.Paths.IommufdNode, FakeKernel.IommufdNode);
        }

        Sysfs.WriteKernel(groups: Has(FakeInterfaces.Groups), cdevs: Has(FakeInterfaces.Cdevs), noIommu: Kernel.NoIommu);
    }

    public FakeInterfaces Interfaces { get; }

    public FakeSysfs Sysfs { get; }

    public FakeKernel Kernel { get; }

    public VfioHost Host { get; }

    public FakeDevice Device => Kernel.Devices[Address];

    public static FakeMachine WithDevice(int firstFd = 0) => WithDevice(FakeInterfaces.ContainersOnly, firstFd);

    /// <summary>A machine that has one device, on a kernel with these interfaces.</summary>
    public static FakeMachine WithDevice(FakeInterfaces interfaces, int firstFd = 0)
    {
        var machine = new FakeMachine(interfaces, firstFd);
        machine.Add(Address, 7);
        return machine;
    }

    /// <summary>Adds a function that is bound to vfio-pci: a BAR that can be mapped, one that cannot, configuration space.</summary>
    public FakeDevice Add(string address, int group)
    {
        FakeGroup fakeGroup = AddGroup(group, Kernel.NoIommu ? FakeGroupKind.NoIommu : FakeGroupKind.Iommu);

        // Without an IOMMU a group is VFIO's invention, and there is none where VFIO has no groups.
        Sysfs.AddFunction(address, Kernel.NoIommu && !Has(FakeInterfaces.Groups) ? null : group, "vfio-pci");
        NameGroup(fakeGroup);
        return AddParts(new FakeDevice(address, fakeGroup), Sysfs.Folder(address));
    }

    /// <summary>Adds a mediated device: a UUID for a name, and a group of its own behind which no IOMMU stands.</summary>
    public FakeDevice AddMediated(string uuid, int group)
    {
        FakeGroup fakeGroup = AddGroup(group, FakeGroupKind.Emulated);
        string folder = Sysfs.AddMediated(uuid, Has(FakeInterfaces.Groups) ? group : null);
        NameGroup(fakeGroup);
        return AddParts(new FakeDevice(uuid, fakeGroup), folder);
    }

    /// <summary>The node of a device, where it has one.</summary>
    public string CdevNode(string address = Address) => Sysfs.Paths.DeviceNode(Kernel.Devices[address].Cdev!);

    /// <summary>The node of a group.</summary>
    public string GroupNode(int group)
        => Kernel.Groups[group].Kind == FakeGroupKind.NoIommu ? Sysfs.Paths.NoIommuGroupNode(group) : Sysfs.Paths.GroupNode(group);

    public VfioDevice Open(string address = Address, AddressSpace? space = null)
        => VfioDevice.Open(
            Host,
            PciAddress.Parse(address),
            space is null && !Kernel.NoIommu
                ? null
                : new VfioDeviceOptions { AddressSpace = space, AllowUnsafeNoIommu = Kernel.NoIommu });

    /// <summary>Makes an address space, by default one that suits the machine's devices.</summary>
    public AddressSpace CreateSpace(AddressSpaceOptions? options = null)
        => AddressSpace.Create(Host, options ?? new AddressSpaceOptions { AllowUnsafeNoIommu = Kernel.NoIommu });

    public VfioDevice Open(VfioDeviceOptions options, string address = Address) => VfioDevice.Open(Host, PciAddress.Parse(address), options);

    /// <summary>Opens a node for a stranger, who keeps the descriptor.</summary>
    public SafeFileHandle Lend(string path) => new(Kernel.Adopt(path), ownsHandle: false);

    /// <summary>Closes what <see cref="Lend"/> opened, as the stranger does.</summary>
    public void TakeBack(SafeHandle lent) => Kernel.Abandon((int)lent.DangerousGetHandle());

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

    private bool Has(FakeInterfaces interfaces) => (Interfaces & interfaces) == interfaces;

    /// <summary>Puts a node where it can be seen, and what the kernel has for it behind.</summary>
    private void AddNode(string path, object target)
    {
        FakeSysfs.AddNode(path);
        Kernel.Nodes.Add(path, target);
    }

    private FakeGroup AddGroup(int id, FakeGroupKind kind)
    {
        if (!Kernel.Groups.TryGetValue(id, out FakeGroup? group))
        {
            group = new FakeGroup(id, kind);
            Kernel.Groups.Add(id, group);
            if (Has(FakeInterfaces.Groups))
            {
                AddNode(GroupNode(id), group);
            }
        }

        return group;
    }

    /// <summary>Gives a group that VFIO made the name that VFIO gives, with and without a driver that does the DMA.</summary>
    private void NameGroup(FakeGroup group)
    {
        if (group.Kind != FakeGroupKind.Iommu && Has(FakeInterfaces.Groups))
        {
            Sysfs.NameGroup(group.Id, "vfio-noiommu");
        }
    }

    private FakeDevice AddParts(FakeDevice device, string folder)
    {
        if (Has(FakeInterfaces.Cdevs))
        {
            device.Cdev = $"{(device.NoIommu ? "noiommu-" : string.Empty)}vfio{Kernel.Devices.Count}";
            FakeSysfs.AddCdev(folder, device.Cdev, Kernel.Devices.Count);
            AddNode(Sysfs.Paths.DeviceNode(device.Cdev), device);
        }

        device.AddMappable(0, BarSize);
        device.AddRegion(2, 0x100);
        device.AddRegion((int)VFIO_PCI_CONFIG_REGION_INDEX, 4096);
        Kernel.Devices.Add(device.Name, device);
        return device;
    }
}
