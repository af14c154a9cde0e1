namespace Vfio.Core.Tests;

/// <summary>A device that is opened by its own node moves between address spaces, and each of them lives as long as somebody uses it.</summary>
public sealed class MovingTests
{
    private const string Sibling = "0000:00:03.1";

    public static TheoryData<FakeInterfaces> Cdevs { get; } = new((FakeInterfaces[])[FakeInterfaces.CdevsOnly, FakeInterfaces.Both, Interfaces.NoIommuCdev]);

    [Theory]
    [MemberData(nameof(Cdevs))]
    public void The_address_space_that_was_made_with_a_device_ends_when_it_moves(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace target = machine.CreateSpace())
        using (VfioDevice device = machine.Open())
        {
            AddressSpace own = device.Dma;
            DmaBuffer buffer = own.Allocate(4096);
            device.Attach(target);
            Assert.Same(target, device.Dma);
            Assert.Throws<ObjectDisposedException>(() => own.Allocate(4096));
            Assert.Throws<ObjectDisposedException>(() => device.Attach(own));
            Assert.Same(target, device.Dma);
            Assert.Single(Assert.Single(machine.Kernel.Iommufds).Spaces);
            buffer.Dispose();
            Assert.Empty(machine.Kernel.Memory);
        }

        machine.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Cdevs))]
    public void The_address_space_that_a_device_left_can_be_joined_again(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace home = machine.CreateSpace())
        using (AddressSpace target = machine.CreateSpace())
        using (VfioDevice device = machine.Open(space: home))
        {
            using DmaBuffer buffer = home.Allocate(4096);
            device.Attach(target);
            Assert.Equal(device.IsIsolated, buffer.Mapping.IsLive);
            device.Attach(home);
            device.Attach(home);
            Assert.Same(home, device.Dma);
            using DmaBuffer other = home.Allocate(4096);
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Theory]
    [MemberData(nameof(Cdevs))]
    public void A_detached_device_can_come_back_to_its_own_address_space(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (VfioDevice device = machine.Open())
        {
            AddressSpace own = device.Dma;
            using DmaBuffer buffer = own.Allocate(4096);
            device.Detach();
            device.Detach();
            Assert.False(device.IsAttached);
            Assert.Throws<InvalidOperationException>(() => device.Dma);
            Assert.Equal(device.IsIsolated, buffer.Mapping.IsLive);
            device.Attach(own);
            Assert.Same(own, device.Dma);
            using DmaBuffer other = own.Allocate(4096);
            device.Detach();
        }

        machine.AssertClean();
        Assert.Empty(machine.Kernel.Memory);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_can_be_opened_while_another_of_its_group_is_detached(bool named)
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        machine.Add(Sibling, 7);
        using (AddressSpace space = machine.CreateSpace())
        using (VfioDevice device = machine.Open(space: named ? space : null))
        {
            AddressSpace home = device.Dma;
            device.Detach();
            Task<VfioDevice> opening = Task.Run(() => machine.Open(Sibling));
            Assert.Same(opening, await Task.WhenAny(opening, Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)));
            using VfioDevice sibling = await opening;
            Assert.Same(home, sibling.Dma);
            device.Attach(home);
            Assert.Same(home, device.Dma);
        }

        machine.AssertClean();
    }

    [Fact]
    public void A_group_translates_as_one()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        machine.Add(Sibling, 7);
        using (AddressSpace target = machine.CreateSpace())
        using (VfioDevice device = machine.Open())
        {
            AddressSpace home = device.Dma;
            using (VfioDevice sibling = machine.Open(Sibling))
            {
                Assert.Same(home, sibling.Dma);
                ErrorAssert.Refused(
                    VfioErrorKind.NotSupported, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", 0, FakeMachine.Address, () => device.Attach(target));
                Assert.Same(home, device.Dma);
            }

            device.Attach(target);
            using VfioDevice again = machine.Open(Sibling);
            Assert.Same(target, again.Dma);
        }

        machine.AssertClean();
    }

    [Fact]
    public void What_a_device_reserves_is_free_again_when_it_has_left()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        machine.Device.Reserved.Add((0x10_0000, 0x10_ffff));
        using (AddressSpace home = machine.CreateSpace())
        using (AddressSpace target = machine.CreateSpace())
        using (VfioDevice device = machine.Open(space: home))
        {
            var options = new DmaBufferOptions { Iova = new Iova(0x10_0000) };
            Assert.Equal(VfioErrorKind.IovaOutOfRange, Assert.Throws<VfioException>(() => home.Allocate(4096, options)).Kind);
            device.Attach(target);
            using (DmaBuffer buffer = home.Allocate(4096, options))
            {
                // What is mapped where the device cannot be keeps it out.
                Assert.Throws<VfioException>(() => device.Attach(home));
                Assert.Same(target, device.Dma);
            }

            device.Detach();
            using DmaBuffer other = target.Allocate(4096, options);
        }

        machine.AssertClean();
    }

    [Fact]
    public void An_address_space_of_another_kind_is_refused()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.Both);
        using (VfioDevice device = machine.Open())
        {
            AddressSpace home = device.Dma;
            AddressSpaceOptions[] others =
            [
                new() { Backend = VfioBackend.Type1V2 },
                new() { Accounting = MemoryAccounting.Process },
                new() { AllowUnsafeNoIommu = true, Backend = VfioBackend.Iommufd },
            ];
            foreach (AddressSpaceOptions options in others)
            {
                using AddressSpace other = machine.CreateSpace(options);
                string before = KernelState.Of(machine);
                ErrorAssert.Refused(
                    VfioErrorKind.NotSupported, "VFIO_DEVICE_ATTACH_IOMMUFD_PT", 0, FakeMachine.Address, () => device.Attach(other));
                Assert.Same(home, device.Dma);
                Assert.Equal(before, KernelState.Of(machine));
            }
        }

        machine.AssertClean();
    }

    [Theory]
    [InlineData(FakeInterfaces.ContainersOnly)]
    [InlineData(FakeInterfaces.Compat)]
    [InlineData(Interfaces.NoIommuContainer)]
    public void A_device_of_a_container_stays_where_it_is(FakeInterfaces interfaces)
    {
        using FakeMachine machine = FakeMachine.WithDevice(interfaces);
        using (AddressSpace other = machine.CreateSpace())
        using (VfioDevice device = machine.Open())
        {
            AddressSpace home = device.Dma;
            Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(() => device.Attach(other)).Kind);
            Assert.Equal(VfioErrorKind.NotSupported, Assert.Throws<VfioException>(device.Detach).Kind);
            device.Attach(home);
            Assert.Same(home, device.Dma);
        }

        machine.AssertClean();
    }

    [Fact]
    public void A_device_that_is_closed_goes_nowhere()
    {
        using FakeMachine machine = FakeMachine.WithDevice(FakeInterfaces.CdevsOnly);
        using (AddressSpace home = machine.CreateSpace())
        using (AddressSpace other = machine.CreateSpace())
        {
            VfioDevice device = machine.Open(space: home);
            device.Dispose();
            string before = KernelState.Of(machine);
            Assert.Throws<ObjectDisposedException>(() => device.Attach(other));
            Assert.Throws<ObjectDisposedException>(device.Detach);
            Assert.Throws<ObjectDisposedException>(() => device.GetIommuInfo());
            Assert.Equal(before, KernelState.Of(machine));
        }

        machine.AssertClean();
    }
}
