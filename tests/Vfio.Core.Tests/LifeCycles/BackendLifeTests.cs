using System.Runtime.InteropServices;
using Vfio.Native;

namespace Vfio.Core.Tests;

/// <summary>What lives how long, on every back end.</summary>
public sealed unsafe class BackendLifeTests
{
    private const int Objects = 6;
    private const string Second = "0000:00:04.0";

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void Every_order_of_disposing_is_a_right_one(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add(Second, 8);
        void* memory = NativeMemory.AlignedAlloc(4096, 4096);
        try
        {
            foreach (int[] order in Orders(Objects))
            {
                IDisposable[] objects = Create(machine, (nint)memory);
                foreach (int i in order)
                {
                    objects[i].Dispose();
                    objects[i].Dispose();
                }

                string where = string.Join(' ', order);
                Assert.True(machine.Kernel.Violations.Count == 0, $"{where}: {string.Join("; ", machine.Kernel.Violations)}");
                Assert.True(machine.Kernel.OpenKinds.Count == 0, $"{where}: {string.Join(", ", machine.Kernel.OpenKinds)}");
                Assert.True(machine.Kernel.Memory.Count == 0, $"{where}: pages stay");
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void Devices_and_their_address_space_close_in_any_order(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add(Second, 8);
        machine.Add("0000:00:03.1", 7);
        foreach (int[] order in Orders(4))
        {
            AddressSpace space = machine.CreateSpace();
            IDisposable[] objects =
                [space, machine.Open(space: space), machine.Open(Second, space), machine.Open("0000:00:03.1", space)];
            Array.ForEach(order, i => objects[i].Dispose());
            machine.AssertClean();
        }
    }

    [Theory]
    [MemberData(nameof(Interfaces.IsolatedOnes), MemberType = typeof(Interfaces))]
    public void Mappings_are_there_for_the_next_device(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace space = machine.CreateSpace())
        {
            VfioDevice device = machine.Open(space: space);
            using DmaBuffer kept = space.Allocate(4096, new DmaBufferOptions { Access = DmaAccess.Read });
            DmaBuffer dropped = space.Allocate(8192);
            FakeMapping before = machine.Kernel.Mappings[0];
            device.Dispose();

            // VFIO's own container forgets with the last group; an IOAS is the process's.
            bool forgets = interfaces == FakeInterfaces.ContainersOnly;
            Assert.Equal(forgets ? 0 : 2, machine.Kernel.Mappings.Count);
            Assert.Equal(2, space.MappingCount);
            Assert.True(kept.Mapping.IsLive);
            dropped.Dispose();

            using VfioDevice again = machine.Open(space: space);
            Assert.Equal(before, Assert.Single(machine.Kernel.Mappings));
            using DmaBuffer reused = space.Allocate(8192);
            Assert.Equal(dropped.Iova, reused.Iova);
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Fact]
    public void Without_an_IOMMU_mappings_end_with_the_last_device()
    {
        using FakeMachine machine = FakeMachine.WithDevice(Interfaces.NoIommuCdev);
        machine.Add(Second, 8);
        using (AddressSpace space = machine.CreateSpace())
        {
            VfioDevice first = machine.Open(space: space);
            VfioDevice second = machine.Open(Second, space);
            using DmaBuffer buffer = space.Allocate(4096);
            first.Dispose();
            Assert.True(buffer.Mapping.IsLive);
            Assert.Single(machine.Kernel.Mappings);
            second.Dispose();
            Assert.False(buffer.Mapping.IsLive);
            Assert.Empty(machine.Kernel.Mappings);
            Assert.Equal(0, space.MappingCount);
            buffer.Write8(0, 1);
            Assert.Throws<VfioException>(() => space.Allocate(4096));
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void A_buffer_whose_address_space_has_ended_gives_its_pages_back(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        VfioDevice device = machine.Open();
        DmaBuffer buffer = device.Dma.Allocate(4096);
        device.Dispose();
        machine.AssertClean();
        buffer.Write32(0, 42);
        Assert.Equal(42u, buffer.Read32(0));
        buffer.Dispose();
        Assert.Empty(machine.Kernel.Memory);
        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void A_copy_keeps_the_pages_when_the_buffer_has_gone(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        machine.Add(Second, 8);
        using (VfioDevice first = machine.Open())
        using (VfioDevice second = machine.Open(Second))
        {
            foreach (bool isFile in (bool[])[false, true])
            {
                DmaBuffer buffer = first.Dma.Allocate(4096, new DmaBufferOptions { IsFile = isFile });
                DmaMapping copy = buffer.Mapping.CopyTo(second.Dma);
                DmaMapping again = copy.CopyTo(second.Dma);
                Assert.Equal(3, machine.Kernel.Mappings.Count);
                buffer.Dispose();
                Assert.Throws<ObjectDisposedException>(() => buffer.Mapping.CopyTo(second.Dma));
                Assert.Equal(2, machine.Kernel.Mappings.Count);
                copy.Dispose();
                Assert.Single(machine.Kernel.Memory);
                Assert.True(again.IsLive);
                again.Unmap();
                Assert.Empty(machine.Kernel.Memory);
                Assert.Empty(machine.Kernel.Mappings);
            }
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void Memory_that_the_kernel_would_not_unmap_stays(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            DmaBuffer buffer = device.Dma.Allocate(4096);
            machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.UnmapDma), Errno.EIO);
            machine.Kernel.Faults.FailAlways(nameof(IVfioKernel.UnmapIoas), Errno.EIO);
            VfioException error = Assert.Throws<VfioException>(buffer.Mapping.Unmap);
            Assert.Equal((VfioErrorKind.Refused, Errno.EIO), (error.Kind, error.Errno));
            buffer.Dispose();
            Assert.Throws<VfioException>(device.Dma.UnmapAll);
            Assert.True(buffer.Mapping.IsLive);
            Assert.Single(machine.Kernel.Memory);
            Assert.Single(machine.Kernel.Mappings);
            machine.Kernel.Faults.Clear();
            buffer.Dispose();
            Assert.Empty(machine.Kernel.Memory);
            Assert.Empty(machine.Kernel.Mappings);
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void A_mapped_file_may_be_closed(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            DmaBuffer file = device.Dma.Allocate(8192, new DmaBufferOptions { IsFile = true });
            DmaMapping mapping = device.Dma.MapFile(file.File!, 4096, 4096);
            file.Dispose();
            Assert.True(mapping.IsLive);
            Assert.Single(machine.Kernel.Mappings);
            mapping.Dispose();
            Assert.Empty(machine.Kernel.Mappings);
            Assert.Empty(machine.Kernel.Memory);
            Assert.DoesNotContain("memory", machine.Kernel.OpenKinds);
        }

        machine.AssertClean();
    }

    private static IDisposable[] Create(FakeMachine machine, nint memory)
    {
        AddressSpace space = machine.CreateSpace();
        VfioDevice device = machine.Open(space: space);
        VfioDevice other = machine.Open(Second);
        DmaBuffer buffer = space.Allocate(4096);
        return [device, other, space, buffer, space.DangerousMap(memory, 4096), buffer.Mapping.CopyTo(other.Dma)];
    }

    /// <summary>All orders of the first so many numbers.</summary>
    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(rest => Enumerable.Range(0, count).Select(i => (int[])[.. rest[..i], count - 1, .. rest[i..]]));
}
