using static Vfio.Assignability.Tests.CommonDevices;

namespace Vfio.Assignability.Tests;

/// <summary>What a report needs and cannot read is named, whatever stands in its place.</summary>
public sealed class NamedUnknownTests : IDisposable
{
    private readonly HostTreeBuilder _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("config")]
    [InlineData("class")]
    [InlineData("vendor")]
    [InlineData("device")]
    [InlineData("driver")]
    [InlineData("iommu_group")]
    [InlineData("reset_method")]
    [InlineData("physfn")]
    public void A_folder_in_the_place_of_a_fact(string name)
    {
        FunctionBuilder drive = _host.Nvme();
        _ = _host.Without($"{drive.Folder}/{name}").Also(tree => tree.Folder($"{drive.Folder}/{name}"));

        _ = _host.Inspect(Target).Holds().KnowsNot($"{Target}/{name}");
    }

    [Theory]
    [InlineData("config")]
    [InlineData("class")]
    [InlineData("vendor")]
    [InlineData("reset_method")]
    public void A_link_in_a_circle(string name)
    {
        FunctionBuilder drive = _host.Nvme();
        _ = _host.Without($"{drive.Folder}/{name}").Link($"{drive.Folder}/{name}", name);

        _ = _host.Inspect(Target).Holds().KnowsNot($"{Target}/{name}");
    }

    [Theory]
    [InlineData("class")]
    [InlineData("vendor")]
    [InlineData("device")]
    public void A_number_that_is_none(string name)
    {
        _ = _host.Nvme().Attribute(name, "0xnothing");

        _ = _host.Inspect(Target).Holds().KnowsNot($"{Target}/{name}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(64)]
    public void A_configuration_space_that_is_cut_off(int length)
    {
        _ = _host.Nvme().Driver("vfio-pci").ConfigLength(length);

        _ = _host.Inspect(Target).Holds().Resets(ResetClass.R0, "flr").KnowsNot($"{Target}/config");
    }

    [Fact]
    public void A_pipe()
    {
        FunctionBuilder drive = _host.Nvme().Driver("vfio-pci");
        _ = _host.Without($"{drive.Folder}/config").Also(tree => Libc.MakePipe(tree.Physical($"{drive.Folder}/config")));

        _ = _host.Inspect(Target).Holds().KnowsNot($"{Target}/config");
    }

    [Theory]
    [InlineData(0x34, 0x40u)]
    [InlineData(0x34, 0xffu)]
    [InlineData(0x34, 0x08u)]
    [InlineData(0x40, 0x4001u)]
    [InlineData(0x40, 0x4010u)]
    [InlineData(0x100, 0x1001_000du)]
    [InlineData(0x100, 0xffff_ffffu)]
    [InlineData(0x100, 0x0401_000du)]
    public void A_list_of_capabilities_that_goes_astray_is_no_obstacle(int offset, uint dword)
    {
        _ = _host.Nvme().Driver("vfio-pci").Acs(0, 0).ConfigDword(offset, dword);

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "flr");
    }

    [Fact]
    public void Links_that_are_absolute_are_followed_in_the_tree()
    {
        FunctionBuilder drive = _host.Nvme().Group(7).Driver("vfio-pci");
        _ = _host.Link(drive.Link, drive.Folder).Link($"{drive.Folder}/driver", "/sys/bus/pci/drivers/vfio-pci").Link($"{drive.Folder}/iommu_group", "/sys/kernel/iommu_groups/7");

        _ = _host.Inspect(Target).Is(Verdict.Yes).Resets(ResetClass.R0, "flr");
    }

    [Fact]
    public void A_tree_of_one_folder_has_no_functions()
    {
        PciHost host = _host.Without("/sys").Without("/proc").Without("/dev").Without("/uname").Build();

        Assert.Empty(host.Functions);
        Assert.Empty(host.Groups);
        _ = Assert.Throws<VfioException>(() => DeviceInspector.Inspect(host, PciAddress.Parse(Target)));
    }

    [Fact]
    public void A_function_of_which_only_the_link_is_there_is_unknown()
    {
        FunctionBuilder drive = _host.Nvme();
        _ = _host.Without(drive.Folder);

        _ = _host.Inspect(Target).Is(Verdict.Unknown);
    }
}
