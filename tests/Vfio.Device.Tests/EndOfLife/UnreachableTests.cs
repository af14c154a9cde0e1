using Vfio.Core;
using Vfio.Device.Tests.Lab;
using Xunit;

namespace Vfio.Device.Tests.EndOfLife;

/// <summary>A device that is there and does not answer: an access through its mapping is an exception, and no end of the process.</summary>
public sealed class UnreachableTests
{
    private const uint EduIdentity = 0x0100_00ed;
    private const byte PowerCapability = 0x01;
    private const int PowerControl = 4;
    private const ushort D3Hot = 3;

    [Fact]
    public void Without_the_memory_bit_every_access_is_an_exception_and_with_it_all_works_again()
    {
        using var taken = new Taken(TestDevice.Edu());
        VfioDevice device = taken.Device;
        device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = device.Regions.Bar(0).Map();
        Assert.True(registers.IsGuarded);
        Register32 identity = registers.Register32(0);
        Register32 liveness = registers.Register32(4);
        for (int round = 0; round < 3; round++)
        {
            device.Config.Command &= ~PciCommand.Memory;
            foreach (Action access in (Action[])
                [
                    () => registers.Read32(0),
                    () => registers.Write32(4, 1),
                    () => identity.Read(),
                    () => liveness.Write(1),
                    () => registers.Read32(0, new uint[8]),
                    () => registers.Write32(4, [1u]),
                    () => registers.Read8(0),
                ])
            {
                VfioException error = Unreachable(access);
                Assert.Contains("PciCommand.Memory", error.Remedy, StringComparison.Ordinal);
            }

            device.Config.Command |= PciCommand.Memory;
            Assert.Equal(EduIdentity, registers.Read32(0));
            Assert.Equal(EduIdentity, identity.Read());
            liveness.Write((uint)round);
            Assert.Equal(~(uint)round, registers.Read32(4));
        }

        Assert.Equal(DeviceState.Running, device.Lifetime.State);
    }

    [Fact]
    public void In_a_low_power_state_too()
    {
        using var taken = new Taken(TestDevice.Igb());
        VfioDevice device = taken.Device;
        device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = device.Regions.Bar(0).Map();
        uint status = registers.Read32(8);
        Assert.True(device.Config.TryFindCapability(PowerCapability, out PciCapability power));
        int control = power.Offset + PowerControl;

        device.Config.Write16(control, (ushort)(device.Config.Read16(control) | D3Hot));
        Assert.Contains("D3hot", Unreachable(() => registers.Read32(8)).Problem, StringComparison.Ordinal);
        Unreachable(() => registers.Write32(8, status));

        device.Config.Write16(control, (ushort)(device.Config.Read16(control) & ~D3Hot));
        device.Config.Command |= PciCommand.Memory;
        Assert.Equal(status, registers.Read32(8));
    }

    [Fact]
    public async Task Reads_during_a_reset_wait_for_its_end()
    {
        const long Capabilities = 0;
        using var taken = new Taken(TestDevice.Nvme());
        VfioDevice device = taken.Device;
        device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = device.Regions.Bar(0).Map();
        ulong capabilities = registers.Read64(Capabilities);
        using var stop = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    TryRead(() => Assert.Equal(capabilities, registers.Read64(Capabilities)));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        for (int i = 0; i < 5; i++)
        {
            device.Reset();
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(capabilities, registers.Read64(Capabilities));
    }

    [Fact]
    public async Task Threads_that_read_while_another_switches_memory_off_see_the_device_or_an_exception()
    {
        using var taken = new Taken(TestDevice.Edu());
        VfioDevice device = taken.Device;
        device.Config.Command |= PciCommand.Memory;
        using MappedRegion registers = device.Regions.Bar(0).Map();
        Register32 identity = registers.Register32(0);
        using var stop = new CancellationTokenSource();
        int refused = 0;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    if (!TryRead(() => Assert.Equal(EduIdentity, identity.Read())))
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        do
        {
            device.Config.Command &= ~PciCommand.Memory;
            Thread.Yield();
            device.Config.Command |= PciCommand.Memory;
        }
        while (Volatile.Read(ref refused) < 20 && !readers.Any(static it => it.IsCompleted));

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.Equal(EduIdentity, registers.Read32(0));
    }

    private static bool TryRead(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (VfioException error)
        {
            Assert.Equal(VfioErrorKind.DeviceUnreachable, error.Kind);
            return false;
        }
    }

    private static VfioException Unreachable(Action access)
    {
        VfioException error = Assert.Throws<VfioException>(access);
        Assert.Equal(VfioErrorKind.DeviceUnreachable, error.Kind);
        return error;
    }
}
