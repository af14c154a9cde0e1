using System.Runtime.InteropServices;

namespace Vfio.Core.Tests;

/// <summary>Whatever order a program disposes in, the kernel sees the one that it wants, and each descriptor closes once.</summary>
public sealed unsafe class DisposeOrderTests
{
    private const int Objects = 7;
    private const string Second = "0000:00:04.0";

    [Theory]
    [InlineData(7, 0)]
    [InlineData(8, 10)]
    public void Every_order_is_a_right_one(int secondGroup, int firstFd)
    {
        using FakeMachine machine = FakeMachine.WithDevice(firstFd);
        machine.Add(Second, secondGroup);
        void* memory = NativeMemory.AlignedAlloc(4096, 4096);
        try
        {
            foreach (int[] order in Permutations(Objects))
            {
                IDisposable[] objects = Create(machine, (nint)memory, out nint buffer);
                foreach (int i in order)
                {
                    objects[i].Dispose();
                    objects[i].Dispose();
                }

                string where = string.Join(' ', order);
                Assert.True(machine.Kernel.Violations.Count == 0, $"{where}: {string.Join("; ", machine.Kernel.Violations)}");
                Assert.True(machine.Kernel.OpenKinds.Count == 0, $"{where}: {string.Join(", ", machine.Kernel.OpenKinds)}");
                Assert.False(machine.Kernel.Memory.ContainsKey(buffer), where);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    [Fact]
    public void What_outlives_the_device_says_so()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        VfioDevice device = machine.Open();
        MappedRegion region = device.Regions.Bar(0).Map();
        InterruptSet interrupts = device.Interrupts.Msix.Enable(1);
        DmaBuffer buffer = device.Dma.Allocate(4096);
        device.Dispose();
        machine.AssertClean();

        Assert.Throws<ObjectDisposedException>(() => region.Read32(0));
        Assert.Throws<ObjectDisposedException>(() => region.Write32(0, 0));
        Assert.Throws<ObjectDisposedException>(() => device.Regions.Bar(0).Read32(0));
        Assert.Throws<ObjectDisposedException>(() => device.Regions.Bar(0).Map());
        Assert.Throws<ObjectDisposedException>(() => device.Config.VendorId);
        Assert.Throws<ObjectDisposedException>(() => interrupts[0].TryWait(TimeSpan.Zero, out _));
        Assert.Throws<ObjectDisposedException>(() => interrupts[0].Mask());
        Assert.Throws<ObjectDisposedException>(() => device.Interrupts.Msix.Enable(1));
        Assert.Throws<ObjectDisposedException>(device.Reset);
        buffer.Write32(0, 42);
        Assert.Equal(42u, buffer.Read32(0));
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Read32(0));
        Assert.Throws<ObjectDisposedException>(() => buffer.AsSpan());
    }

    [Fact]
    public void A_device_that_is_closed_can_be_opened_at_once()
    {
        using FakeMachine machine = FakeMachine.WithDevice();
        for (int i = 0; i < 100; i++)
        {
            using VfioDevice device = machine.Open();
            using DmaBuffer buffer = device.Dma.Allocate(4096);
            Assert.Equal(new Iova(0x1_0000), buffer.Iova);
        }

        machine.AssertClean();
    }

    private static IDisposable[] Create(FakeMachine machine, nint memory, out nint address)
    {
        AddressSpace space = machine.CreateSpace();
        VfioDevice first = machine.Open(space: space);
        VfioDevice second = machine.Open(Second, space);
        DmaBuffer buffer = space.Allocate(4096);
        address = buffer.Address;
        return
        [
            first,
            second,
            space,
            buffer,
            space.DangerousMap(memory, 4096),
            first.Regions.Bar(0).Map(),
            first.Interrupts.Msix.Enable(1),
        ];
    }

    /// <summary>All orders of the first so many numbers, by Heap's algorithm.</summary>
    private static IEnumerable<int[]> Permutations(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        int[] state = new int[count];
        yield return order;
        for (int i = 0; i < count;)
        {
            if (state[i] >= i)
            {
                state[i++] = 0;
                continue;
            }

            int other = i % 2 == 0 ? 0 : state[i];
            (order[other], order[i]) = (order[i], order[other]);
            yield return order;
            state[i]++;
            i = 0;
        }
    }
}
