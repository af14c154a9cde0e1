using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.Dma;

/// <summary>Address spaces as such: shared by devices, left by them, and sharing memory.</summary>
public sealed class AddressSpaceTests
{
    private const int Page = 4096;

    [Fact]
    public void A_mapping_copied_to_a_second_address_space_outlives_the_first()
    {
        Mode.RequireIommu();
        using var neighbour = new Taken(TestDevice.Igb());
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        DmaBuffer buffer = neighbour.Device.Dma.Allocate(2 * Page);

        using DmaMapping copy = buffer.Mapping.CopyTo(taken.Device.Dma, new DmaMapOptions { AddressBits = Edu.AddressBits });
        buffer.Write32(0, 0xcafe_f00d);
        nint address = buffer.Address;
        buffer.Dispose();

        Assert.Equal(0, neighbour.Device.Dma.MappingCount);
        edu.Load(copy.Iova);
        edu.Store(copy.Iova + Page);
        Assert.Equal(address, copy.Address);
        Assert.Equal(0xcafe_f00du, System.Runtime.InteropServices.Marshal.PtrToStructure<uint>(copy.Address + Page));
    }

    [Fact]
    public void Two_devices_in_one_address_space_see_one_mapping()
    {
        Mode.RequireIommu();
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        using var taken = new Taken(TestDevice.Edu(), space);
        using var other = new Taken(TestDevice.Nvme(), space);
        using var edu = new Edu(taken.Device);
        using var nvme = new NvmeAdmin(other.Device);
        using DmaBuffer seen = space.Allocate(Page, Edu.BufferOptions);

        // The controller writes its answer, and edu reads it where the controller wrote it.
        nvme.SubmitIdentify();
        nvme.AwaitFirst();
        edu.Load(nvme.Data.Iova);
        edu.Store(seen.Iova);

        Assert.Contains("QEMU NVMe", nvme.CompleteIdentify(), StringComparison.Ordinal);
        Assert.True(seen.AsSpan().SequenceEqual(nvme.Data.AsSpan()));
    }

    [Fact]
    public void A_copy_may_allow_less_than_the_original()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Edu());
        using var edu = new Edu(taken.Device);
        using DmaBuffer buffer = taken.Device.Dma.Allocate(Page, Edu.BufferOptions);
        using DmaMapping readable = buffer.Mapping.CopyTo(
            taken.Device.Dma, new DmaMapOptions { AddressBits = Edu.AddressBits, Access = DmaAccess.Read });
        buffer.AsSpan().Fill(0x11);
        edu.Load(buffer.Iova);

        buffer.AsSpan().Fill(0x22);
        edu.Store(readable.Iova);
        Assert.Equal(0x2222_2222u, buffer.Read32(0));

        edu.Store(buffer.Iova);
        Assert.Equal(0x1111_1111u, buffer.Read32(0));
    }

    [Fact]
    public void A_device_moves_to_another_address_space_and_back()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using AddressSpace home = AddressSpace.Create();
        using var taken = new Taken(TestDevice.Edu(), home);
        using var edu = new Edu(taken.Device);
        using AddressSpace other = AddressSpace.Create();
        using DmaBuffer here = home.Allocate(Page, Edu.BufferOptions with { Iova = new Iova(0x10_0000) });
        using DmaBuffer there = other.Allocate(Page, Edu.BufferOptions with { Iova = new Iova(0x10_0000) });
        here.AsSpan().Fill(0x11);
        there.AsSpan().Fill(0x22);

        edu.Load(here.Iova);
        taken.Device.Attach(other);
        Assert.Same(other, taken.Device.Dma);
        edu.Store(there.Iova);
        Assert.Equal(0x1111_1111u, there.Read32(0));

        there.AsSpan().Fill(0x33);
        edu.Load(there.Iova);
        taken.Device.Attach(home);
        edu.Store(here.Iova);
        Assert.Equal(0x3333_3333u, here.Read32(0));
    }

    [Fact]
    public void A_detached_device_reaches_nothing_until_it_is_attached_again()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        using AddressSpace home = AddressSpace.Create();
        using var taken = new Taken(TestDevice.Edu(), home);
        using var edu = new Edu(taken.Device);
        using DmaBuffer buffer = home.Allocate(Page, Edu.BufferOptions);
        buffer.AsSpan().Fill(0x44);
        edu.Load(buffer.Iova);
        buffer.AsSpan().Clear();

        taken.Device.Detach();
        Assert.False(taken.Device.IsAttached);
        Assert.Throws<InvalidOperationException>(() => taken.Device.Dma);
        edu.Store(buffer.Iova);
        Assert.Equal(0u, buffer.Read32(0));
        taken.Device.Detach();

        taken.Device.Attach(home);
        edu.Store(buffer.Iova);
        Assert.Equal(0x4444_4444u, buffer.Read32(0));
    }

    [Fact]
    public void Moving_is_refused_by_a_container_and_changes_nothing()
    {
        Mode.RequireContainer();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace home = taken.Device.Dma;
        using AddressSpace other = AddressSpace.Create(Mode.SpaceOptions);

        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => taken.Device.Attach(other)).Kind);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(taken.Device.Detach).Kind);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => taken.Device.DetachPasid(1)).Kind);
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => taken.Device.GetIommuInfo()).Kind);
        Assert.Same(home, taken.Device.Dma);
        taken.Device.Attach(home);
    }

    [Fact]
    public void A_device_of_a_shared_group_does_not_take_the_others_along()
    {
        Mode.RequireIommufd();
        Mode.RequireIommu();
        PciAddress first = TestDevice.BridgedE1000();
        PciAddress second = TestDevice.BridgedRtl8139();
        using DriverBinding firstBinding = DriverBinding.Bind(first);
        using DriverBinding secondBinding = DriverBinding.Bind(second);
        using VfioDevice a = Mode.Open(first);
        using AddressSpace other = AddressSpace.Create();
        using (VfioDevice b = Mode.Open(second))
        {
            VfioException refusal = Assert.Throws<VfioException>(() => a.Attach(other));
            Assert.Contains("translates as one", refusal.Message, StringComparison.Ordinal);
            Assert.Same(a.Dma, b.Dma);
        }

        a.Attach(other);
        using VfioDevice again = Mode.Open(second);
        Assert.Same(other, again.Dma);
    }

    [Fact]
    public void Mapping_before_the_first_device_is_for_iommufd_and_named_elsewhere()
    {
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        if (Mode.IsVfioContainer)
        {
            VfioException refusal = Assert.Throws<VfioException>(() => space.Allocate(Page));
            Assert.Contains("no device is attached", refusal.Message, StringComparison.Ordinal);
            return;
        }

        Mode.RequireIommu();
        using DmaBuffer buffer = space.Allocate(2 * Page, Edu.BufferOptions);
        using var taken = new Taken(TestDevice.Edu(), space);
        using var edu = new Edu(taken.Device);
        buffer.Write32(0, 0x5eed_5eed);
        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + Page);
        Assert.Equal(0x5eed_5eedu, buffer.Read32(Page));
    }

    [Fact]
    public void Addresses_set_aside_are_those_that_are_chosen()
    {
        using AddressSpace space = AddressSpace.Create(Mode.SpaceOptions);
        var aside = new IovaRange(new Iova(0x100_0000), new Iova(0x1ff_ffff));
        if (!Mode.IsIommufd)
        {
            Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => space.AllowIovas(aside)).Kind);
            return;
        }

        Mode.RequireIommu();
        space.AllowIovas(aside);
        using DmaBuffer inside = space.Allocate(Page);
        Assert.True(aside.Contains(inside.Iova, Page));
        Assert.Equal(
            VfioErrorKind.IovaExhausted, Assert.Throws<VfioException>(() => space.Allocate(0x200_0000)).Kind);

        // The interrupt window is what every device reserves.
        space.AllowIovas(new IovaRange(new Iova(0xfee0_0000), new Iova(0xfeef_ffff)));
        PciAddress edu = TestDevice.Edu();
        using DriverBinding binding = DriverBinding.Bind(edu);
        VfioException refusal = Assert.Throws<VfioException>(() => Mode.Open(edu, space));
        Assert.Equal("VFIO_DEVICE_ATTACH_IOMMUFD_PT", refusal.Step);

        space.AllowIovas();
        Mode.Open(edu, space).Dispose();
    }

    [Fact]
    public void Small_pages_and_accounting_are_asked_for_by_iommufd_and_refused_by_containers()
    {
        var small = Mode.SpaceOptions with { LargePages = false };
        var otherwise = Mode.SpaceOptions with
        {
            Accounting = Mode.IsVfioContainer || Mode.IsNoIommu ? MemoryAccounting.User : MemoryAccounting.Process,
        };
        if (!Mode.IsIommufd)
        {
            Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => AddressSpace.Create(small)).Kind);
            Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => AddressSpace.Create(otherwise)).Kind);
            return;
        }

        Mode.RequireIommu();
        using AddressSpace space = AddressSpace.Create(small with { Accounting = MemoryAccounting.Process });
        using var taken = new Taken(TestDevice.Edu(), space);
        using var edu = new Edu(taken.Device);
        using DmaBuffer buffer = space.Allocate(4L << 20, Edu.BufferOptions with { PageSize = DmaPageSize.Transparent });
        buffer.Write32(0, 0x0dd_ba11);
        edu.Load(buffer.Iova);
        edu.Store(buffer.Iova + (2 << 20));
        Assert.Equal(0x0dd_ba11u, buffer.Read32(2 << 20));

        // It has an iommufd of its own, whose numbers mean nothing elsewhere.
        using AddressSpace usual = AddressSpace.Create();
        Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => taken.Device.Attach(usual)).Kind);
    }

    [Fact]
    public void An_overflowing_mapping_has_one_answer()
    {
        Mode.RequireIommu();
        using var taken = new Taken(TestDevice.Any());
        AddressSpace dma = taken.Device.Dma;
        using DmaBuffer memory = dma.Allocate(2 * Page);
        var top = new Iova(ulong.MaxValue - (Page - 1));

        VfioException refusal = Assert.Throws<VfioException>(
            () => dma.DangerousMap(memory.Address, 2 * Page, new DmaMapOptions { Iova = top }));
        Assert.Equal(VfioErrorKind.IovaOutOfRange, refusal.Kind);
        Assert.Equal(0, refusal.Errno);
        Assert.Equal(1, dma.MappingCount);

        // The kernel would have refused too, by an errno that depends on the back end.
        Assert.Throws<VfioException>(
            () => dma.Iommu.Map(top, new DmaSource(memory.Address), 2 * Page, DmaAccess.ReadWrite));
    }

    [Fact]
    public void Unmapping_everything_twice_is_no_error()
    {
        using var taken = new Taken(TestDevice.Any());
        taken.Device.Dma.UnmapAll();
        taken.Device.Dma.UnmapAll();
        Assert.Equal(0, taken.Device.Dma.MappingCount);
        if (Mode.HasMappings)
        {
            Assert.True(taken.Device.Dma.Iommu.TryUnmapAll());
        }
    }
}
