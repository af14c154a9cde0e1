using System.Globalization;
using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.ConfigSpace;

/// <summary>What sysfs' bytes are decoded to, against what VFIO and the kernel itself say of the same device.</summary>
public sealed class ConfigSpaceTests
{
    private static readonly Guid _token = Guid.Parse("5f3a9c1e-0b7d-4e62-9a48-c1d2e3f40516");

    public static TheoryData<string> Devices => [.. new[] { nameof(TestDevice.Edu), nameof(TestDevice.Nvme), nameof(TestDevice.Igb), nameof(TestDevice.Ivshmem) }];

    [Theory]
    [MemberData(nameof(Devices))]
    public void Both_ways_have_the_same_header(string device)
    {
        using var taken = new Taken(Find(device));
        PciHeader sysfs = Header(Sysfs(taken));
        PciHeader vfio = Header(PciConfigImage.Read(taken.Device.Config));

        Assert.Equal((sysfs.VendorId, sysfs.DeviceId, sysfs.RevisionId, sysfs.ClassCode), (vfio.VendorId, vfio.DeviceId, vfio.RevisionId, vfio.ClassCode));
        Assert.Equal((sysfs.SubsystemVendorId, sysfs.SubsystemId), (vfio.SubsystemVendorId, vfio.SubsystemId));
        Assert.Equal((sysfs.Type, sysfs.IsMultifunction), (vfio.Type, vfio.IsMultifunction));
        PciFunction function = PciFunction.Read(PciAddress.Parse(taken.Device.Name));
        Assert.Equal((function.VendorId, function.DeviceId, function.ClassCode), (sysfs.VendorId, sysfs.DeviceId, sysfs.ClassCode));
        for (int i = 0; i < sysfs.Bars.Count; i++)
        {
            Assert.Equal(sysfs.Bars[i].Kind, vfio.Bars[i].Kind);
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Bars_are_where_the_kernel_has_them(string device)
    {
        PciAddress address = Find(device);
        Assert.True(PciConfigImage.Read(address)!.TryGetHeader(out PciHeader header));
        ulong[] starts = [.. File.ReadLines(Attribute(address, "resource"))
            .Select(static line => ulong.Parse(line.AsSpan(2, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];

        for (int i = 0; i < header.Bars.Count; i++)
        {
            Assert.Equal(starts[i], header.Bars[i].Address);
        }
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void Both_ways_have_the_same_chains(string device)
    {
        using var taken = new Taken(Find(device));
        PciConfigImage sysfs = Sysfs(taken);
        (List<PciCapability> First, List<PciExtendedCapability> Extended) vfio = ([], []);
        foreach (PciCapability it in taken.Device.Config.Capabilities)
        {
            vfio.First.Add(it);
        }

        foreach (PciExtendedCapability it in taken.Device.Config.ExtendedCapabilities)
        {
            vfio.Extended.Add(it);
        }

        (List<PciCapability> First, List<PciExtendedCapability> Extended) read = ([], []);
        foreach (PciCapability it in sysfs.Capabilities)
        {
            read.First.Add(it);
        }

        foreach (PciExtendedCapability it in sysfs.ExtendedCapabilities)
        {
            read.Extended.Add(it);
        }

        // The lab's devices have nothing that VFIO hides.
        Assert.Equal(vfio.First, read.First);
        Assert.Equal(vfio.Extended, read.Extended);
        Assert.True(sysfs.Capabilities.End.IsComplete && sysfs.ExtendedCapabilities.End.IsComplete);
        Assert.DoesNotContain(read.First, static it => it.Name is null);
    }

    [Theory]
    [InlineData(nameof(TestDevice.Nvme))]
    [InlineData(nameof(TestDevice.Igb))]
    public void Msix_has_the_size_that_VFIO_counts(string device)
    {
        using var taken = new Taken(Find(device));

        Assert.True(Sysfs(taken).TryGet(out PciMsix sysfs));
        Assert.True(taken.Device.Config.TryGet(out PciMsix vfio));

        Assert.Equal(taken.Device.Interrupts.Msix.Count, sysfs.TableSize);
        Assert.Equal((sysfs.TableSize, sysfs.Table, sysfs.PendingBits), (vfio.TableSize, vfio.Table, vfio.PendingBits));
    }

    [Theory]
    [MemberData(nameof(Devices))]
    public void A_function_level_reset_is_one_of_the_kernels_ways(string device)
    {
        using var taken = new Taken(Find(device));
        string methods = Attribute(PciAddress.Parse(taken.Device.Name), "reset_method");
        bool hasMethod = File.Exists(methods) && File.ReadAllText(methods).Split().Contains("flr", StringComparer.Ordinal);

        bool sysfs = Sysfs(taken).TryGet(out PciExpress express) && express.HasFunctionLevelReset;
        bool vfio = taken.Device.Config.TryGet(out express) && express.HasFunctionLevelReset;

        Assert.Equal((hasMethod, hasMethod), (sysfs, vfio));
    }

    [Fact]
    public void Sriov_says_what_the_kernel_says()
    {
        using var taken = new Taken(TestDevice.Igb());
        PciAddress address = PciAddress.Parse(taken.Device.Name);

        Assert.True(Sysfs(taken).TryGet(out PciSriov sysfs));
        Assert.True(taken.Device.Config.TryGet(out PciSriov vfio));

        Assert.Equal(sysfs, vfio);
        Assert.Equal(Decimal(address, "sriov_totalvfs"), sysfs.TotalVfs);
        Assert.Equal(Decimal(address, "sriov_offset"), sysfs.FirstVfOffset);
        Assert.Equal(Decimal(address, "sriov_stride"), sysfs.VfStride);
        Assert.Equal(File.ReadAllText(Attribute(address, "sriov_vf_device")).Trim(), sysfs.VfDeviceId.ToString("x", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_virtual_function_has_its_ids_through_VFIO_only()
    {
        Mode.RequireIommu();
        Assert.SkipUnless(Directory.Exists("/sys/module/vfio_pci"), "needs vfio-pci with SR-IOV");
        PciAddress address = TestDevice.Igb();
        using DriverBinding binding = DriverBinding.Bind(address);
        using VirtualFunctions functions = VirtualFunctions.Allow(address);
        using VfioDevice physical = VfioDevice.Open(address, new VfioDeviceOptions { Token = _token });
        PciAddress virtualFunction = functions.Create(2);
        Assert.True(physical.Config.TryGet(out PciSriov sriov));
        Assert.True(sriov.IsVfEnabled);
        Assert.Equal(2, sriov.NumVfs);
        Assert.Equal(
            (virtualFunction.Bus << 8) | (virtualFunction.Device << 3) | virtualFunction.Function,
            sriov.RoutingIdOfVf((ushort)((address.Bus << 8) | (address.Device << 3) | address.Function), 0));

        using DriverBinding virtualBinding = DriverBinding.Bind(virtualFunction);
        using VfioDevice opened = VfioDevice.Open(virtualFunction, new VfioDeviceOptions { Token = _token });

        PciConfigImage image = PciConfigImage.Read(virtualFunction)!;
        PciHeader header = Header(image);
        Assert.Equal((0xffff, 0xffff, false), (header.VendorId, header.DeviceId, image.IsGone));
        header = Header(PciConfigImage.Read(opened.Config));
        Assert.Equal((0x8086, sriov.VfDeviceId), (header.VendorId, header.DeviceId));
    }

    private static PciAddress Find(string device) => device switch
    {
        nameof(TestDevice.Edu) => TestDevice.Edu(),
        nameof(TestDevice.Nvme) => TestDevice.Nvme(),
        nameof(TestDevice.Igb) => TestDevice.Igb(),
        _ => TestDevice.Ivshmem(),
    };

    private static PciConfigImage Sysfs(Taken taken)
    {
        PciConfigImage? image = PciConfigImage.Read(PciAddress.Parse(taken.Device.Name));
        Assert.NotNull(image);
        Assert.Equal(taken.Device.Config.Length, image.Length);
        return image;
    }

    private static PciHeader Header(PciConfigImage image)
    {
        Assert.True(image.TryGetHeader(out PciHeader header));
        return header;
    }

    private static string Attribute(PciAddress address, string name) => $"/sys/bus/pci/devices/{address}/{name}";

    private static int Decimal(PciAddress address, string name) => int.Parse(File.ReadAllText(Attribute(address, name)), CultureInfo.InvariantCulture);
}
