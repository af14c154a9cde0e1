using System.Runtime.CompilerServices;
using Vfio.Native;
using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>Mappings outlive devices, and end once.</summary>
public sealed class MappingLifeTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();

    private FakeContainer Container => Assert.Single(_machine.Kernel.Containers);

    public void Dispose()
    {
        _machine.AssertClean();
        _machine.Dispose();
    }

    [Fact]
    public void Mappings_survive_the_last_device_and_are_made_again()
    {
        using AddressSpace space = _machine.CreateSpace();
        VfioDevice device = _machine.Open(space: space);
        using DmaBuffer kept = space.Allocate(4096, new DmaBufferOptions { Access = DmaAccess.Read });
        DmaBuffer dropped = space.Allocate(8192);
        FakeMapping before = Container.Mappings[kept.Iova];
        device.Dispose();
        Assert.Empty(Container.Mappings);
        Assert.Equal(2, space.MappingCount);
        dropped.Dispose();

        using VfioDevice again = _machine.Open(space: space);
        Assert.Equal(before, Assert.Single(Container.Mappings.Values));
        Assert.Equal((uint)VFIO_DMA_MAP_FLAG_READ, before.Flags);
        using DmaBuffer reused = space.Allocate(8192);
        Assert.Equal(dropped.Iova, reused.Iova);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Everything_can_be_unmapped_at_once_or_one_by_one(bool extension)
    {
        if (!extension)
        {
            _machine.Kernel.Extensions.Remove((uint)VFIO_UNMAP_ALL);
        }

        using VfioDevice device = _machine.Open();
        DmaBuffer[] buffers = [.. Enumerable.Range(0, 5).Select(_ => device.Dma.Allocate(4096))];
        device.Dma.UnmapAll();
        Assert.Empty(Container.Mappings);
        Assert.Equal(0, device.Dma.MappingCount);
        Assert.Equal(extension ? 1 : 5, _machine.Kernel.Faults.Count(nameof(IVfioKernel.UnmapDma)));
        foreach (DmaBuffer buffer in buffers)
        {
            // The memory is the process's until it is disposed.
            buffer.Write8(0, 1);
            buffer.Dispose();
        }

        Assert.Empty(_machine.Kernel.Memory);
        using DmaBuffer first = device.Dma.Allocate(4096);
        Assert.Equal(buffers[0].Iova, first.Iova);
        device.Dma.UnmapAll();
        device.Dma.UnmapAll();
    }

    [Fact]
    public void Everything_can_be_unmapped_without_a_device()
    {
        using AddressSpace space = _machine.CreateSpace();
        VfioDevice device = _machine.Open(space: space);
        using DmaBuffer buffer = space.Allocate(4096);
        device.Dispose();
        space.UnmapAll();
        Assert.Equal(0, space.MappingCount);
        using VfioDevice again = _machine.Open(space: space);
        Assert.Empty(Container.Mappings);
    }

    [Fact]
    public unsafe void A_mapping_is_unmapped_once()
    {
        using VfioDevice device = _machine.Open();
        using DmaBuffer memory = device.Dma.Allocate(4096);
        DmaMapping mapping = device.Dma.DangerousMap(memory.Address, 4096);
        Assert.True(mapping.IsLive);
        mapping.Unmap();
        Assert.False(mapping.IsLive);
        Assert.Throws<ObjectDisposedException>(mapping.Unmap);
        mapping.Dispose();
        Assert.Equal(1, _machine.Kernel.Faults.Count(nameof(IVfioKernel.UnmapDma)));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(8192UL)]
    public void Another_size_than_was_mapped_is_an_error_and_the_mapping_stays(ulong unmapped)
    {
        using VfioDevice device = _machine.Open();
        DmaBuffer memory = device.Dma.Allocate(4096);
        DmaMapping mapping = device.Dma.DangerousMap(memory.Address, 4096);
        _machine.Kernel.UnmappedSize = _ => unmapped;
        VfioException error = ErrorAssert.Refused(
            VfioErrorKind.UnmapMismatch, "VFIO_IOMMU_UNMAP_DMA", 0, _machine.Sysfs.Paths.ContainerNode, mapping.Unmap);
        Assert.Contains($"{unmapped} bytes", error.Message, StringComparison.Ordinal);
        Assert.True(mapping.IsLive);
        memory.Dispose();
        Assert.Single(_machine.Kernel.Memory);

        _machine.Kernel.UnmappedSize = null;
        mapping.Unmap();
        memory.Dispose();
        Assert.Empty(_machine.Kernel.Memory);
        Assert.Empty(Container.Mappings);
    }

    [Fact]
    public void Memory_that_the_kernel_would_not_unmap_is_never_given_back()
    {
        using VfioDevice device = _machine.Open();
        _machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.UnmapDma), Errno.EINVAL);
        Forget(device.Dma, dispose: true);
        Collect();
        Assert.Single(_machine.Kernel.Memory);
        Assert.Single(Container.Mappings);
        _machine.Kernel.Faults.Clear();
    }

    [Fact]
    public void A_forgotten_buffer_is_unmapped_and_given_back()
    {
        using VfioDevice device = _machine.Open();
        Forget(device.Dma, dispose: false);
        Collect();
        Assert.Empty(Container.Mappings);
        Assert.Empty(_machine.Kernel.Memory);
    }

    [Fact]
    public void A_forgotten_device_is_closed()
    {
        ForgetDevice(_machine);
        for (int i = 0; i < 4; i++)
        {
            // The device's end frees the group, the group's the container, each for the next collection.
            Collect();
        }
    }

    [Fact]
    public void A_refused_attach_leaves_the_books_as_they_were()
    {
        _machine.Add("0000:00:04.0", 8);
        using VfioDevice device = _machine.Open();
        var options = new DmaBufferOptions { Iova = new Iova(1UL << 40) };
        using DmaBuffer high = device.Dma.Allocate(4096, options);
        using DmaBuffer low = device.Dma.Allocate(4096);
        (ulong, ulong)[] wide = _machine.Kernel.Ranges;
        _machine.Kernel.Ranges = [(0, 0xffff_ffff)];
        VfioException error = Assert.Throws<VfioException>(() => _machine.Open("0000:00:04.0", device.Dma));
        Assert.Equal(VfioErrorKind.IovaOutOfRange, error.Kind);
        _machine.Kernel.Ranges = wide;

        VfioException overlap = Assert.Throws<VfioException>(() => device.Dma.Allocate(4096, options));
        Assert.Equal(VfioErrorKind.OverlappingMapping, overlap.Kind);
        Assert.Equal(0, overlap.Errno);
        using DmaBuffer next = device.Dma.Allocate(4096);
        Assert.NotEqual(low.Iova, next.Iova);
        Assert.Equal(2, device.Dma.Ranges.Count);
    }

    [Fact]
    public void A_buffer_can_be_disposed_while_the_last_device_closes()
    {
        using AddressSpace space = _machine.CreateSpace();
        VfioDevice device = _machine.Open(space: space);
        DmaBuffer buffer = space.Allocate(4096);
        Thread? disposing = null;
        _machine.Kernel.Closed = target =>
        {
            if (target is FakeGroup)
            {
                // The kernel has dropped the mappings, and the address space does not know yet.
                disposing = new Thread(buffer.Dispose);
                disposing.Start();
                _ = disposing.Join(TimeSpan.FromMilliseconds(50));
            }
        };
        device.Dispose();
        disposing!.Join();
        Assert.Empty(_machine.Kernel.Memory);
        Assert.Equal(0, space.MappingCount);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(AddressSpace space, bool dispose)
    {
        DmaBuffer buffer = space.Allocate(4096);
        if (dispose)
        {
            buffer.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ForgetDevice(FakeMachine machine) => machine.Open();

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
