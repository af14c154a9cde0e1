using System.Collections.Concurrent;

namespace Vfio.Core.Tests;

/// <summary>Many threads at once, on every back end.</summary>
public sealed class BackendConcurrencyTests
{
    private const int Rounds = 40;

    private static readonly string[] _addresses = ["0000:00:03.1", "0000:00:03.2", "0000:00:04.0", "0000:00:04.1", FakeMachine.Address];

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void Devices_of_shared_groups_open_map_and_close(FakeInterfaces interfaces)
    {
        using FakeMachine machine = Machine(interfaces);
        Run(_addresses.Select(address => (Action)(() =>
        {
            using VfioDevice device = machine.Open(address);
            using DmaBuffer buffer = device.Dma.Allocate(4096);
            device.Regions.Bar(0).Write32(0, 1);
        })));
        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Theory]
    [MemberData(nameof(Interfaces.IsolatedOnes), MemberType = typeof(Interfaces))]
    public void Devices_join_and_leave_a_shared_address_space(FakeInterfaces interfaces)
    {
        using FakeMachine machine = Machine(interfaces);
        using (AddressSpace space = machine.CreateSpace())
        {
            Run(_addresses.Select(address => (Action)(() =>
            {
                using VfioDevice device = machine.Open(address, space);
                using DmaBuffer buffer = space.Allocate(4096);
                using DmaMapping copy = buffer.Mapping.CopyTo(space);
            })));
            Assert.Equal(0, space.MappingCount);
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Fact]
    public void Devices_move_while_others_copy_and_map()
    {
        using FakeMachine machine = Machine(FakeInterfaces.CdevsOnly);
        machine.Add("0000:00:05.0", 9);
        using (AddressSpace left = machine.CreateSpace())
        using (AddressSpace right = machine.CreateSpace())
        using (VfioDevice first = machine.Open("0000:00:05.0", left))
        using (VfioDevice second = machine.Open("0000:00:04.0", right))
        {
            Run(
            [
                () => first.Attach(ReferenceEquals(first.Dma, left) ? right : left),
                () => second.Attach(ReferenceEquals(second.Dma, left) ? right : left),
                () => Copy(left, right),
                () => Copy(right, left),
                () => machine.Open(FakeMachine.Address, left).Dispose(),
                () => machine.Open("0000:00:03.1", left).Dispose(),
            ]);
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Fact]
    public void A_device_that_is_disposed_while_it_moves_ends_up_closed()
    {
        using FakeMachine machine = Machine(FakeInterfaces.CdevsOnly);
        for (int round = 0; round < Rounds; round++)
        {
            AddressSpace home = machine.CreateSpace();
            AddressSpace other = machine.CreateSpace();
            VfioDevice device = machine.Open(space: home);
            var unexpected = new ConcurrentQueue<Exception>();
            var mover = new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        device.Attach(other);
                        device.Detach();
                        device.Attach(home);
                    }
                }
                catch (ObjectDisposedException)
                {
                }
                catch (Exception error)
                {
                    unexpected.Enqueue(error);
                }
            });
            mover.Start();
            Thread.Yield();
            Thread[] disposers = [new(device.Dispose), new(home.Dispose), new(other.Dispose)];
            Array.ForEach(disposers, static thread => thread.Start());
            Array.ForEach(disposers, static thread => thread.Join());
            mover.Join();
            Assert.Empty(unexpected);
            machine.AssertClean();
        }
    }

    private static void Copy(AddressSpace from, AddressSpace to)
    {
        using DmaBuffer buffer = from.Allocate(4096);
        using DmaMapping copy = buffer.Mapping.CopyTo(to);
    }

    private static FakeMachine Machine(FakeInterfaces interfaces)
    {
        FakeMachine machine = FakeMachine.WithDevice(interfaces);
        foreach (string address in _addresses.Where(static it => it != FakeMachine.Address))
        {
            machine.Add(address, address.StartsWith("0000:00:03", StringComparison.Ordinal) ? 7 : 8);
        }

        return machine;
    }

    private static void Run(IEnumerable<Action> actions)
    {
        var unexpected = new ConcurrentQueue<Exception>();
        Thread[] threads = [.. actions.Select(action => new Thread(() =>
        {
            try
            {
                for (int round = 0; round < Rounds; round++)
                {
                    action();
                }
            }
            catch (Exception error)
            {
                unexpected.Enqueue(error);
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Empty(unexpected);
    }
}
