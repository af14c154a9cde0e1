using static Vfio.Native.PciRegs;

namespace Vfio.Core.Tests;

/// <summary>
/// Accesses that are not answered. A mapping of a file that was cut short faults as a BAR does whose device does not answer, so that here the
/// handler of the signal really runs.
/// </summary>
public sealed class GuardTests : IDisposable
{
    private readonly FakeMachine _machine = FakeMachine.WithDevice();
    private VfioDevice? _device;

    private VfioDevice Device => _device ??= _machine.Open();

    private FakeRegion Bar0 => _machine.Device.Regions[0]!;

    public void Dispose()
    {
        _device?.Dispose();
        _machine.AssertClean();
        _machine.Dispose();
    }

    public static TheoryData<string> Accesses { get; } = new(
        "Read8", "Read16", "Read32", "Read64", "Write8", "Write16", "Write32", "Write64", "ReadBlock32", "ReadBlock64", "WriteBlock32",
        "WriteBlock64", "Register32.Read", "Register32.Write", "Register64.Read", "Register64.Write");

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Every_access_that_is_not_answered_is_an_exception_and_the_next_that_is_works(string access)
    {
        using MappedRegion region = Device.Regions.Bar(0).Map();
        Assert.True(region.IsGuarded);
        Action action = ActionOf(region, access);
        for (int round = 0; round < 3; round++)
        {
            Bar0.IsUnreachable = true;
            for (int i = 0; i < 3; i++)
            {
                VfioException error = Assert.Throws<VfioException>(action);
                Assert.Equal(VfioErrorKind.DeviceUnreachable, error.Kind);
                Assert.Contains("PciCommand.Memory", error.Remedy, StringComparison.Ordinal);
                Assert.Contains("region 0", error.Problem, StringComparison.Ordinal);
            }

            Bar0.IsUnreachable = false;
            action();
            region.Write32(0x1000, 7);
            Assert.Equal([7, 0, 0, 0], Bar0.Peek(0x1000, 4));
            Assert.Equal(7u, region.Register32(0x1000).Read());
        }
    }

    [Fact]
    public void What_an_exception_says_depends_on_configuration_space()
    {
        using MappedRegion region = Device.Regions.Bar(0).Map();
        Bar0.IsUnreachable = true;
        _machine.Device.Config.Poke((int)PCI_COMMAND, (byte)PciCommand.Memory);
        Assert.Contains("in reset", Assert.Throws<VfioException>(() => region.Read32(0)).Problem, StringComparison.Ordinal);

        _machine.Device.Config.Poke((int)PCI_STATUS, (byte)PCI_STATUS_CAP_LIST);
        _machine.Device.Config.Poke((int)PCI_CAPABILITY_LIST, 0x40);
        _machine.Device.Config.Poke(0x40, (byte)PCI_CAP_ID_PM, 0, 0, 0, 3);
        Assert.Contains("D3hot", Assert.Throws<VfioException>(() => region.Read32(0)).Problem, StringComparison.Ordinal);

        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ReadAt), Native.Errno.EIO, skip: 1);
        VfioException unknown = Assert.Throws<VfioException>(() => region.Read32(0));
        Assert.Equal((VfioErrorKind.DeviceUnreachable, Native.Errno.EIO), (unknown.Kind, unknown.Errno));
        Assert.NotNull(unknown.InnerException);

        _machine.Device.Config.Poke(0, [.. Enumerable.Repeat(byte.MaxValue, 64)]);
        Assert.Equal(VfioErrorKind.DeviceGone, Assert.Throws<VfioException>(() => region.Read32(0)).Kind);
    }

    [Fact]
    public void Ones_are_a_value_of_a_device_that_answers_and_the_absence_of_one_that_does_not()
    {
        using MappedRegion region = Device.Regions.Bar(0).Map();
        DeviceRegion calls = Device.Regions.Bar(0);
        region.Write64(0, ulong.MaxValue);
        Assert.Equal(ulong.MaxValue, region.Read64(0));
        Assert.Equal(uint.MaxValue, region.Register32(0).Read());
        Assert.Equal(byte.MaxValue, calls.Read8(0));
        region.Read32(0, new uint[2]);

        _machine.Device.Config.Poke(0, [.. Enumerable.Repeat(byte.MaxValue, 64)]);
        foreach (Action read in (Action[])
            [
                () => region.Read8(0),
                () => region.Read16(0),
                () => region.Read32(0),
                () => region.Read64(0),
                () => region.Register32(0).Read(),
                () => region.Register64(0).Read(),
                () => region.Read32(0, new uint[2]),
                () => region.Read64(0, new ulong[1]),
                () => calls.Read8(0),
                () => calls.Read32(0),
            ])
        {
            Assert.Equal(VfioErrorKind.DeviceGone, Assert.Throws<VfioException>(read).Kind);
        }

        // What is not ones came from the device.
        Assert.Equal(0u, region.Read32(8));
    }

    [Fact]
    public void A_kernel_without_the_device_says_that_it_is_gone()
    {
        DeviceRegion bar = Device.Regions.Bar(0);
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.ReadAt), Native.Errno.ENODEV);
        ErrorAssert.Refused(VfioErrorKind.DeviceGone, "pread", Native.Errno.ENODEV, FakeMachine.Address, () => bar.Read32(0));
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.WriteAt), Native.Errno.ENODEV);
        ErrorAssert.Refused(VfioErrorKind.DeviceGone, "pwrite", Native.Errno.ENODEV, FakeMachine.Address, () => bar.Write32(0, 0));
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapMemory), Native.Errno.ENODEV, skip: 1);
        ErrorAssert.Refused(VfioErrorKind.DeviceGone, "mmap", Native.Errno.ENODEV, FakeMachine.Address, () => bar.Map());
    }

    [Fact]
    public void A_mapping_that_cannot_be_put_back_stays_refused_until_it_can()
    {
        using MappedRegion region = Device.Regions.Bar(0).Map();
        Bar0.IsUnreachable = true;
        _machine.Kernel.Faults.FailNext(nameof(IVfioKernel.MapMemory), Native.Errno.ENOMEM);
        Assert.Equal("mmap", Assert.Throws<VfioException>(() => region.Read32(0)).Step);
        Bar0.IsUnreachable = false;

        // The zeros of the handler lie there still, and are not taken for the device's.
        Assert.Throws<VfioException>(() => region.Read32(0));
        Assert.Equal(0u, region.Read32(0));
        region.Write32(0, 5);
        Assert.Equal([5, 0, 0, 0], Bar0.Peek(0, 4));
    }

    [Fact]
    public void Regions_that_the_first_chunk_of_the_table_does_not_hold_are_guarded_too()
    {
        MappedRegion[] regions = [.. Enumerable.Range(0, 200).Select(_ => Device.Regions.Bar(0).Map())];
        Bar0.IsUnreachable = true;
        Assert.All(regions, static region => Assert.Equal(
            VfioErrorKind.DeviceUnreachable, Assert.Throws<VfioException>(() => region.Read32(0)).Kind));
        Bar0.IsUnreachable = false;
        Assert.All(regions, static region => Assert.Equal(0u, region.Read32(0)));
        Array.ForEach(regions, static region => region.Dispose());
        GC.KeepAlive(regions);
    }

    [Fact]
    public void A_large_region_is_guarded_from_end_to_end()
    {
        const int Length = 9 << 20;
        FakeRegion bar = _machine.Device.AddMappable(1, Length);
        using MappedRegion region = Device.Regions.Bar(1).Map();
        using MappedRegion neighbour = Device.Regions.Bar(0).Map();
        neighbour.Write32(0, 5);
        ulong[] all = [.. Enumerable.Range(1, Length / sizeof(ulong)).Select(static i => (ulong)i)];
        bar.IsUnreachable = true;
        foreach (int offset in (int[])[0, 1 << 20, (2 << 20) - 8, 2 << 20, (5 << 20) + 0x1008, Length - 8])
        {
            Assert.Throws<VfioException>(() => region.Read64(offset));
            Assert.Throws<VfioException>(() => region.Write64(offset, 1));
        }

        Assert.Throws<VfioException>(() => region.Write64(0, all));
        Assert.Throws<VfioException>(() => region.Read64(0, all));
        bar.IsUnreachable = false;
        all = [.. Enumerable.Range(1, all.Length).Select(static i => (ulong)i)];
        region.Write64(0, all);
        ulong[] read = new ulong[all.Length];
        region.Read64(0, read);
        Assert.Equal(all, read);
        Assert.Equal(BitConverter.GetBytes(all[^1]), bar.Peek(Length - 8, 8));
        Assert.Equal(5u, neighbour.Read32(0));
    }

    [Fact]
    public void A_region_that_is_disposed_while_it_does_not_answer_is_disposed()
    {
        MappedRegion region = Device.Regions.Bar(0).Map();
        Register32 register = region.Register32(0);
        Bar0.IsUnreachable = true;
        Assert.Throws<VfioException>(() => register.Read());
        region.Dispose();
        Bar0.IsUnreachable = false;
        Assert.Throws<ObjectDisposedException>(() => register.Read());
        Assert.Throws<ObjectDisposedException>(() => register.Write(1));
        Assert.Throws<ObjectDisposedException>(() => region.Read32(0));
    }

    [Fact]
    public async Task Threads_see_the_device_or_an_exception_however_often_it_comes_and_goes()
    {
        const uint Value = 0x1234_5678;
        using MappedRegion region = Device.Regions.Bar(0).Map();
        using var stop = new CancellationTokenSource();
        int answered = 0;
        int refused = 0;
        Task[] threads = [.. Enumerable.Range(1, 4).Select(thread => Task.Factory.StartNew(
            () =>
            {
                // A page of its own, where nobody else writes: a value that was lost without a word would be seen.
                Register32 register = region.Register32(thread % 4 * 0x1000);
                while (!stop.IsCancellationRequested)
                {
                    try
                    {
                        register.Write(Value);
                        uint read = register.Read();

                        // A file that was cut short is empty when it is long again; zeros of the handler's would be no different.
                        Assert.True(read is Value or 0, $"0x{read:x}");
                        Interlocked.Increment(ref answered);
                    }
                    catch (VfioException error)
                    {
                        Assert.Equal(VfioErrorKind.DeviceUnreachable, error.Kind);
                        Interlocked.Increment(ref refused);
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        while (Volatile.Read(ref refused) < 200 || Volatile.Read(ref answered) < 200)
        {
            Bar0.IsUnreachable = true;
            Thread.Yield();
            Bar0.IsUnreachable = false;
            Thread.Yield();
        }

        await stop.CancelAsync();
        await Task.WhenAll(threads);
        region.Write32(0, Value);
        Assert.Equal([0x78, 0x56, 0x34, 0x12], Bar0.Peek(0, 4));
    }

    [Fact]
    public unsafe void The_epoch_is_even_again_only_when_no_handler_is_at_work_and_nothing_has_happened_since()
    {
        using MemoryHandle memory = MemoryHandle.Reserve(LinuxKernel.Instance, 4096);
        FaultRange range = memory.Guard();
        ulong* epoch = range.Epoch;
        ulong before = Volatile.Read(ref *epoch);
        Assert.False(IsOdd(epoch));
        range.PutBack(() => Assert.Fail("nothing to put back"));

        Mark(epoch);
        int calls = 0;
        range.PutBack(() =>
        {
            // Another handler comes while the pages are put back.
            if (calls++ == 0)
            {
                Mark(epoch);
            }
        });
        Assert.Equal(2, calls);
        Assert.False(IsOdd(epoch));
        Assert.NotEqual(before, Volatile.Read(ref *epoch));

        range.Detach();
        Assert.True(IsOdd(epoch));
        range.PutBack(() => Assert.Fail("detached for good"));
        Assert.True(IsOdd(epoch));
    }

    private static unsafe bool IsOdd(ulong* epoch) => (Volatile.Read(ref *epoch) & 1) != 0;

    /// <summary>Does to the epoch what the handler does to it, around what it does to the pages.</summary>
    private static unsafe void Mark(ulong* epoch)
    {
        _ = Interlocked.Or(ref *epoch, 1);
        _ = Interlocked.Add(ref *epoch, 2);
    }

    private static Action ActionOf(MappedRegion region, string access)
    {
        Register32 register32 = region.Register32(0x2000);
        Register64 register64 = region.Register64(0x2000);
        return access switch
        {
            "Read8" => () => region.Read8(3),
            "Read16" => () => region.Read16(2),
            "Read32" => () => region.Read32(4),
            "Read64" => () => region.Read64(8),
            "Write8" => () => region.Write8(3, 1),
            "Write16" => () => region.Write16(2, 1),
            "Write32" => () => region.Write32(4, 1),
            "Write64" => () => region.Write64(8, 1),
            "ReadBlock32" => () => region.Read32(0xff0, new uint[16]),
            "ReadBlock64" => () => region.Read64(0xff0, new ulong[16]),
            "WriteBlock32" => () => region.Write32(0xf80, new uint[16]),
            "WriteBlock64" => () => region.Write64(0xf80, new ulong[8]),
            "Register32.Read" => () => register32.Read(),
            "Register32.Write" => () => register32.Write(0),
            "Register64.Read" => () => register64.Read(),
            "Register64.Write" => () => register64.Write(0),
            _ => throw new ArgumentOutOfRangeException(nameof(access)),
        };
    }
}
