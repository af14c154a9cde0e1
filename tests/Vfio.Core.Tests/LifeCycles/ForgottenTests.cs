using System.Runtime.CompilerServices;

namespace Vfio.Core.Tests;

/// <summary>What nobody refers to any more is closed by the garbage collector, on every back end and in the kernel's order.</summary>
public sealed class ForgottenTests
{
    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void A_device_with_its_own_address_space(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        Forget(() => machine.Open());
        AssertClosed(machine);
        machine.Open().Dispose();
    }

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void An_address_space(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        Forget(() => machine.CreateSpace());
        AssertClosed(machine);
    }

    [Theory]
    [MemberData(nameof(Interfaces.AllOnes), MemberType = typeof(Interfaces))]
    public void A_device_and_the_address_space_that_it_was_opened_with(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        Forget(() =>
        {
            AddressSpace space = machine.CreateSpace();
            VfioDevice device = machine.Open(space: space);
            space.Dispose();
            return device;
        });
        AssertClosed(machine);
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void A_buffer_with_its_device(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        Forget(() =>
        {
            VfioDevice device = machine.Open();
            _ = device.Dma.Allocate(4096, new DmaBufferOptions { IsFile = true });
            return device;
        });
        AssertClosed(machine);
        Assert.Empty(machine.Kernel.Memory);
    }

    [Theory]
    [MemberData(nameof(Interfaces.MappingOnes), MemberType = typeof(Interfaces))]
    public void A_device_whose_buffer_is_held(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        Outlive(machine);
        AssertClosed(machine);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Outlive(FakeMachine machine)
    {
        DmaBuffer buffer = Held(machine);
        for (int i = 0; i < 8 && machine.Device.OpenCount != 0; i++)
        {
            Collect();
        }

        Assert.Equal(0, machine.Device.OpenCount);
        buffer.Write32(0, 1);
        buffer.Dispose();
        Assert.Empty(machine.Kernel.Memory);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DmaBuffer Held(FakeMachine machine) => machine.Open().Dma.Allocate(4096);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(Func<object> make) => _ = make();

    private static void AssertClosed(FakeMachine machine)
    {
        // Each end frees what it held, for the next collection.
        for (int i = 0; i < 8 && machine.Kernel.OpenKinds.Count != 0; i++)
        {
            Collect();
        }

        machine.AssertClean();
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
