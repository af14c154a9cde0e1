using static Vfio.Native.VfioUapi;

namespace Vfio.Core.Tests;

/// <summary>What a driver does for each packet allocates nothing.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int Calls = 1000;
    private const int Msix = (int)VFIO_PCI_MSIX_IRQ_INDEX;

    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private readonly VfioDevice _device;

    public AllocationTests() => _device = _machine.Open();

    public void Dispose()
    {
        _device.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public void Registers_of_a_mapped_region()
    {
        MappedRegion region = _device.Regions.Bar(0).Map();
        AssertNone(() =>
        {
            region.Write64(0, region.Read64(8));
            region.Write32(16, region.Read32(4));
            region.Write16(20, region.Read16(2));
            region.Write8(22, region.Read8(1));
            region.Write64LowHigh(24, region.Read64HighLow(32));
        });
    }

    [Fact]
    public void Registers_of_a_region_that_is_called()
    {
        DeviceRegion region = _device.Regions.Bar(2);
        AssertNone(() => region.Write32(0, region.Read32(4) + 1));
    }

    [Fact]
    public void Words_and_spans_of_a_buffer()
    {
        DmaBuffer buffer = _device.Dma.Allocate(4096);
        AssertNone(() =>
        {
            buffer.Write64(0, buffer.Read64(8));
            buffer.Write32(0, buffer.Read32(8));
            buffer.Write16(0, buffer.Read16(8));
            buffer.Write8(0, buffer.Read8(8));
            buffer.AsSpan(0, 16).Clear();
            buffer.AsSpan<ulong>(0, 2)[1] = buffer.Iova;
        });
        buffer.Dispose();
    }

    [Fact]
    public void Blocks_of_a_pool()
    {
        using DmaPool pool = DmaPool.Create(_device.Dma, 512, 64);
        AssertNone(() =>
        {
            DmaBlock first = pool.Rent();
            _ = pool.TryRent(out DmaBlock second);
            second.AsSpan()[0] = 1;
            _ = pool.TryGetBlock(first.Iova, out _);
            _ = pool.TryGetIova(second.AsSpan(), out _);
            first.Dispose();
            second.Dispose();
        });
    }

    [Fact]
    public void Registers_by_themselves_and_in_blocks()
    {
        MappedRegion region = _device.Regions.Bar(0).Map();
        uint[] words = new uint[16];
        AssertNone(() =>
        {
            region.Register32(0).Write(region.Register32(4).Read());
            region.Register64(8).Write(region.Register64(16).Read());
            region.Read32(0, words);
            region.Write32(0, words);
        });
    }

    [Fact]
    public void A_walk_of_the_capabilities()
    {
        FakeRegion config = _machine.Device.Config;
        config.Poke(6, 0x10);
        config.Poke(0x34, 0x40);
        config.Poke(0x40, 5, 0x50);
        config.Poke(0x50, 0x11, 0);
        config.Poke(0x100, 1, 0, 1, 0x15);
        config.Poke(0x150, 3, 0, 1, 0);
        AssertNone(() =>
        {
            _device.Config.TryFindCapability(0x11, out _);
            _device.Config.TryFindExtendedCapability(3, out _);
        });
    }

    [Fact]
    public void Decoding_of_configuration_space()
    {
        PciConfigImage image = LabImages.IgbPhysical().Image;
        PciConfigImage short64 = LabImages.IgbPhysical().First(64);
        byte[] allocation = new ConfigBytes().Capability(0x40, 0x14, "04").Array;
        Assert.Equal(7, EveryCapability.Find(image));
        AssertNone(() =>
        {
            _ = image.TryGetHeader(out PciHeader header);
            _ = header.Bars[3].Address;
            _ = EveryCapability.Find(image);
            _ = EveryCapability.Find(short64);
            foreach (PciEnhancedAllocationEntry entry in new PciEnhancedAllocationEntries(allocation.AsSpan(0x40), header.Type))
            {
                _ = entry.Base;
            }
        });
    }

    [Fact]
    public void Registers_of_a_capability_from_the_device()
    {
        _machine.Device.Config.Poke(0, LabImages.IgbPhysical().Array.AsSpan(0, (int)_device.Config.Length));
        AssertNone(() =>
        {
            _ = _device.Config.TryGet(out PciMsix _);
            _ = _device.Config.TryGet(out PciSriov _);
        });
    }

    [Fact]
    public void A_wait_that_blocks()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        AssertNone(() =>
        {
            _machine.Kernel.Trigger(_machine.Device, Msix);
            set[0].TryWait(Timeout.InfiniteTimeSpan, out _);
            set[0].TryWait(TimeSpan.Zero, out _);
        });
    }

    [Fact]
    public void A_wait_that_polls_first()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        SpinPolicy spin = SpinPolicy.Adaptive(TimeSpan.FromMicroseconds(50)) with { EvenOnOneProcessor = true };
        AssertNone(() =>
        {
            _machine.Kernel.Trigger(_machine.Device, Msix);
            set[0].TryWait(Timeout.InfiniteTimeSpan, spin, out _);
            set[0].TryWait(TimeSpan.Zero, spin, out _);
            _ = set[0].Statistics;
        });
    }

    [Fact]
    public void A_wake_of_a_handler()
    {
        InterruptSet set = _device.Interrupts.Msix.Enable(1);
        using var called = new AutoResetEvent(false);
        int calls = 0;
        long atFirst = 0;
        long atLast = 0;

        // Measured on the handler's own thread: between the two calls lie all the others, and the waits before them.
        using InterruptHandler handler = set[0].Handle(_ =>
        {
            calls++;
            if (calls == Calls)
            {
                atFirst = GC.GetAllocatedBytesForCurrentThread();
            }

            if (calls == 2 * Calls)
            {
                atLast = GC.GetAllocatedBytesForCurrentThread();
            }

            called.Set();
        });
        for (int i = 0; i < 2 * Calls; i++)
        {
            _machine.Kernel.Trigger(_machine.Device, Msix);
            called.WaitOne();
        }

        Assert.Equal(2 * Calls, calls);
        Assert.Equal(0, atLast - atFirst);
    }

    [Fact]
    public async Task A_wait_that_is_awaited()
    {
        Interrupt interrupt = _device.Interrupts.Msix.Enable(1)[0];
        long fewest = long.MaxValue;

        // Continuations run on the pool, so the whole process is measured; the runner's own threads may allocate in
        // some of the attempts, not in all of them.
        for (int attempt = 0; attempt < 20 && fewest >= Calls; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Calls; i++)
            {
                ValueTask<ulong> wait = interrupt.WaitAsync();
                _machine.Kernel.Trigger(_machine.Device, Msix);
                await wait;
            }

            fewest = Math.Min(fewest, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(fewest < Calls, $"{Calls} awaits allocated {fewest} bytes.");
    }

    private static void AssertNone(Action action)
    {
        // The first calls compile, and fill what is filled once.
        for (int i = 0; i < Calls; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            action();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
