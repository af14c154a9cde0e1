using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>Mappings by value, and finding mappings from both sides.</summary>
public sealed unsafe class StreamingMappingTests : IDisposable
{
    private const int Page = 4096;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(16 * Page, Page);

    private nint Memory => (nint)_memory;

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void It_is_undone_once_and_never_undoes_another(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        AddressSpace space = device.Dma;
        StreamingMapping first = space.DangerousMapStreaming(Memory, Page);
        StreamingMapping copy = first;
        Assert.True(first.IsLive);
        Assert.Equal((Memory, Page), (first.Address, first.Length));
        Assert.Equal(1, space.MappingCount);
        first.Unmap();
        Assert.False(copy.IsLive);
        Assert.Throws<ObjectDisposedException>(copy.Unmap);

        StreamingMapping second = space.DangerousMapStreaming(Memory, Page);
        Assert.NotEqual(first, second);
        copy.Dispose();
        Assert.Throws<ObjectDisposedException>(first.Unmap);
        Assert.True(second.IsLive);
        second.Dispose();
        Assert.Equal(0, space.MappingCount);

        StreamingMapping nothing = default;
        nothing.Dispose();
        Assert.False(nothing.IsLive);
        Assert.Throws<ObjectDisposedException>(nothing.Unmap);
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void A_refusal_leaves_everything_as_it_was(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        string map = interfaces is FakeInterfaces.ContainersOnly or FakeInterfaces.Compat or FakeInterfaces.CompatUnderContainerNode
            ? nameof(IVfioKernel.MapDma)
            : nameof(IIommufdCalls.MapIoas);
        machine.Kernel.Faults.FailNext(map, Errno.ENOSPC);
        Assert.Equal(VfioErrorKind.MappingLimit, Assert.Throws<VfioException>(() => device.Dma.DangerousMapStreaming(Memory, Page)).Kind);
        Assert.Equal(0, device.Dma.MappingCount);

        StreamingMapping mapping = device.Dma.DangerousMapStreaming(Memory, Page);
        string unmap = map == nameof(IVfioKernel.MapDma) ? nameof(IVfioKernel.UnmapDma) : nameof(IIommufdCalls.UnmapIoas);
        machine.Kernel.Faults.FailNext(unmap, Errno.EIO);
        Assert.Equal(VfioErrorKind.Refused, Assert.Throws<VfioException>(mapping.Unmap).Kind);
        Assert.True(mapping.IsLive);
        machine.Kernel.Faults.FailNext(unmap, Errno.EIO);
        mapping.Dispose();
        Assert.True(mapping.IsLive);
        mapping.Unmap();
    }

    [Fact]
    public void Arguments_are_those_of_any_mapping()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Dma.DangerousMapStreaming(Memory + 1, Page));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Dma.DangerousMapStreaming(Memory, 100));
        Assert.Throws<ArgumentOutOfRangeException>(() => device.Dma.DangerousMapStreaming(Memory, Page, new() { AddressBits = 3 }));
        using StreamingMapping mapping = device.Dma.DangerousMapStreaming(Memory, Page, new() { Iova = new Iova(0x20_0000) });
        Assert.Equal(new Iova(0x20_0000), mapping.Iova);
        Assert.Equal(
            VfioErrorKind.OverlappingMapping,
            Assert.Throws<VfioException>(() => device.Dma.DangerousMapStreaming(Memory, Page, new() { Iova = new Iova(0x20_0000) })).Kind);
    }

    [Fact]
    public void An_address_that_was_chosen_is_put_aside_for_nobody()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        var chosen = new DmaMapOptions { Iova = new Iova(0x40_0000) };
        device.Dma.DangerousMapStreaming(Memory, Page, chosen).Unmap();
        StreamingMapping other = device.Dma.DangerousMapStreaming(Memory, Page);
        Assert.NotEqual(new Iova(0x40_0000), other.Iova);
        other.Unmap();
        Assert.Equal(other.Iova, device.Dma.DangerousMapStreaming(Memory, Page).Iova);
        device.Dma.DangerousMapStreaming(Memory, Page, chosen).Unmap();
        device.Dma.UnmapAll();
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly, nameof(IVfioKernel.UnmapDma))]
    [InlineData(FakeInterfaces.CdevsOnly, nameof(IIommufdCalls.UnmapIoas))]
    public void What_outlives_the_address_space_in_the_kernel_is_still_undone_there(FakeInterfaces interfaces, string unmap)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        AddressSpace space = machine.CreateSpace();
        VfioDevice device = machine.Open(space: space);
        StreamingMapping mapping = space.DangerousMapStreaming(Memory, Page);
        StreamingMapping other = space.DangerousMapStreaming(Memory, Page);
        SafeHandle held = space.Iommu.KernelObject!;

        // As a call on the device does that another thread is in.
        bool added = false;
        held.DangerousAddRef(ref added);
        device.Dispose();
        space.Dispose();
        int calls = machine.Kernel.Faults.Count(unmap);
        mapping.Unmap();
        Assert.Equal(interfaces == FakeInterfaces.CdevsOnly ? calls + 1 : calls, machine.Kernel.Faults.Count(unmap));
        held.DangerousRelease();
        other.Unmap();
        Assert.False(other.IsLive);
        machine.AssertClean();
    }

    [Fact]
    public void What_can_be_undone_is_although_something_else_cannot()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        machine.Kernel.Extensions.Remove((uint)VfioUapi.VFIO_UNMAP_ALL);
        using VfioDevice device = machine.Open();
        StreamingMapping[] mappings = [.. Enumerable.Range(0, 3).Select(_ => device.Dma.DangerousMapStreaming(Memory, Page))];
        machine.Kernel.Faults.FailNext(nameof(IVfioKernel.UnmapDma), Errno.EIO);
        Assert.Equal(Errno.EIO, Assert.Throws<VfioException>(device.Dma.UnmapAll).Errno);
        Assert.Equal([true, false, false], mappings.Select(static mapping => mapping.IsLive));
        device.Dma.UnmapAll();
        Assert.Equal(0, device.Dma.MappingCount);
    }

    [Theory]
    [MemberData(nameof(Interfaces.IsolatedOnes), MemberType = typeof(Interfaces))]
    public void It_comes_back_with_the_next_device_and_ends_with_all_others(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using AddressSpace space = machine.CreateSpace();
        StreamingMapping mapping;
        using (machine.Open(space: space))
        {
            mapping = space.DangerousMapStreaming(Memory, Page);
        }

        Assert.True(mapping.IsLive);
        using VfioDevice again = machine.Open(space: space);
        mapping.Unmap();
        mapping = space.DangerousMapStreaming(Memory, Page);
        space.UnmapAll();
        Assert.False(mapping.IsLive);
        Assert.Equal(0, space.MappingCount);
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void Mappings_are_found_from_both_sides(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using VfioDevice device = machine.Open();
        AddressSpace space = device.Dma;
        var live = new List<StreamingMapping>();
        var random = new Random(5);
        for (int step = 0; step < 400; step++)
        {
            if (live.Count == 0 || (live.Count < 12 && random.Next(2) == 0))
            {
                live.Add(space.DangerousMapStreaming(Memory + (random.Next(16) * Page), Page));
            }
            else
            {
                int i = random.Next(live.Count);
                live[i].Unmap();
                live.RemoveAt(i);
            }

            nint address = Memory + random.Next(16 * Page);
            bool mapped = live.Exists(mapping => address >= mapping.Address && address < mapping.Address + Page);
            Assert.Equal(mapped, space.TryGetIova(address, out Iova iova));
            if (mapped)
            {
                Assert.True(space.TryGetAddress(iova, out nint back));
                Assert.Equal(address, back);
                Assert.Contains(live, mapping => mapping.Iova <= iova && iova < mapping.Iova + Page);
            }
            else
            {
                Assert.Equal(default, iova);
            }
        }

        Assert.False(space.TryGetAddress(new Iova(0), out _));
        Assert.False(space.TryGetAddress(new Iova(ulong.MaxValue), out _));
    }

    [Fact]
    public void Bytes_are_in_one_piece_for_devices_only_where_all_are_mapped_in_a_row()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        using VfioDevice device = machine.Open();
        AddressSpace space = device.Dma;
        using DmaMapping first = space.DangerousMap(Memory, Page, new DmaMapOptions { Iova = new Iova(0x10_0000) });
        using DmaMapping second = space.DangerousMap(Memory + Page, Page, new DmaMapOptions { Iova = new Iova(0x10_0000 + Page) });
        using DmaMapping third = space.DangerousMap(Memory + (2 * Page), Page, new DmaMapOptions { Iova = new Iova(0x20_0000) });

        Assert.True(space.TryGetIova(Memory + 8, (2 * Page) - 8, out Iova iova));
        Assert.Equal(new Iova(0x10_0008), iova);
        Assert.False(space.TryGetIova(Memory + 8, 2 * Page, out _));
        Assert.False(space.TryGetIova(Memory + (2 * Page), Page + 1, out _));
        Assert.False(space.TryGetIova(Memory - 1, 2, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => space.TryGetIova(Memory, 0, out _));
    }
}
