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
}
